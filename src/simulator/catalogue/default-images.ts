import type { ImageRecord } from '../current-notebooks/record.js';

function builtIn(id: string, name: string, categories: readonly string[], description: string): ImageRecord {
  return {
    id,
    name,
    namespace: 'atelier',
    tag: '2.0.0',
    type: 'BUILD_IN',
    description,
    arch: categories.includes('ASCEND') ? 'aarch64' : 'x86_64',
    categories,
    services: ['NOTEBOOK', 'SSH'],
  };
}

/** The images that the service offers to every account of the simulator. */
export const DEFAULT_IMAGES: readonly ImageRecord[] = [
  builtIn('0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10', 'pytorch2.1-cpu', ['CPU'], 'PyTorch 2.1 for CPU'),
  builtIn('1c7e1d2f-8a2e-4b64-8e66-1e7b4d8d3a21', 'pytorch2.1-cuda12', ['CPU', 'GPU'], 'PyTorch 2.1 for GPU'),
  builtIn('2d8f2e3a-9b3f-4c75-9f77-2f8c5e9e4b32', 'mindspore2.3-cann8', ['ASCEND'], 'MindSpore 2.3 for Ascend'),
  {
    ...builtIn('3e9a3f4b-ac4a-4d86-8a88-3a9d6fafac43', 'ssh-only-cpu', ['CPU'], 'Remote development over SSH only'),
    services: ['SSH'],
  },
];
