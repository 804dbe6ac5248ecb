import type { Catalogue, NotebookFlavor, PoolFlavor } from './catalogue.js';
import { DEFAULT_IMAGES } from './default-images.js';

const AZS = ['cn-north-4a', 'cn-north-4b', 'cn-north-4c'] as const;
const EVERYWHERE = Object.fromEntries(AZS.map((az) => [az, 'normal']));
/**
 * Two AZs sold out and one available, as in the documented example (docs/api/pools-and-flavors.md "6.6 Flavors
 * answer").
 */
const ONE_ZONE = { 'cn-north-4a': 'soldout', 'cn-north-4b': 'soldout', 'cn-north-4c': 'normal' };

const DATA_VOLUMES = [{ volumeType: 'SSD', size: '500Gi' }];
const ALL_SCOPES = ['Train', 'Infer', 'Notebook'];

function cpu(
  name: string,
  cores: number,
  gib: number,
  sale: Readonly<Record<string, string>> = EVERYWHERE,
): PoolFlavor {
  return {
    name,
    type: 'Dedicate',
    cpuArch: 'x86',
    cpu: String(cores),
    memory: `${gib}Gi`,
    scope: ALL_SCOPES,
    dataVolumes: DATA_VOLUMES,
    billingModes: [0, 1],
    jobFlavors: ['modelarts.job.vm.2u', 'modelarts.job.vm.8u'],
    sale,
  };
}

function gpu(name: string, cores: number, gib: number, type: string, size: number, cardGib: number): PoolFlavor {
  return {
    ...cpu(name, cores, gib),
    gpu: { type, size: String(size), card: String(size), memory: `${cardGib}Gi` },
    jobFlavors: ['modelarts.job.vm.2u', 'modelarts.job.gpu.1'],
  };
}

const POOL_FLAVORS: readonly PoolFlavor[] = [
  gpu('modelarts.vm.gpu.t4u8', 8, 32, 'nvidia-t4', 1, 16),
  gpu('modelarts.vm.gpu.tnt004', 16, 64, 'nvidia-t4', 2, 16),
  gpu('modelarts.vm.gpu.2v100nv16g.16u128g.d', 16, 128, 'nvidia-v100', 2, 16),
  { ...gpu('modelarts.bm.gpu.8v100nv32g.d', 72, 512, 'nvidia-v100', 8, 32), baremetal: true },
  cpu('modelarts.vm.cpu8u32g', 8, 32, ONE_ZONE),
  cpu('modelarts.vm.cpu.2u.d', 2, 8),
  cpu('modelarts.vm.cpu.4ud', 4, 16),
  cpu('modelarts.vm.cpu.8ud', 8, 32),
  cpu('modelarts.vm.cpu.16u64g.d', 16, 64),
  cpu('modelarts.vm.cpu.48u96g.d', 48, 96),
  {
    ...cpu('modelarts.bm.4u8g.d910', 192, 768),
    cpuArch: 'arm64',
    // Each card has two chips, so that a client must not count chips.
    npu: { type: 'ascend-snt9', size: '16', card: '8', memory: '32Gi' },
    baremetal: true,
    jobFlavors: ['modelarts.job.npu.8'],
  },
  { ...cpu('modelarts.logical.cpu.2u', 2, 8), type: 'Logical', scope: ['Train'], billingModes: [0] },
  {
    ...gpu('modelarts.logical.gpu.t4', 8, 32, 'nvidia-t4', 1, 16),
    type: 'Logical',
    scope: ['Train'],
    billingModes: [0],
  },
];

const NOTEBOOK_FLAVORS: readonly NotebookFlavor[] = [
  { name: 'modelarts.vm.cpu.2u', type: 'CPU', params: { CPU: 2, memory: '8GiB' } },
  { name: 'modelarts.vm.cpu.8u', type: 'CPU', params: { CPU: 8, memory: '32GiB' } },
  { name: 'modelarts.vm.gpu.p100', type: 'GPU', params: { CPU: 8, GPU: 1, gpu_type: 'p100', memory: '64GiB' } },
  { name: 'modelarts.bm.gpu.v100NV32', type: 'GPU', params: { CPU: 8, GPU: 1, gpu_type: 'v100NV32', memory: '64GiB' } },
  { name: 'modelarts.kat1.xlarge', type: 'ASCEND', params: { CPU: 24, NPU: 1, npu_type: 'snt9', memory: '96GiB' } },
  { name: 'modelarts.vm.cpu.free', type: 'CPU', free: true, params: { CPU: 2, memory: '8GiB' } },
  {
    name: 'modelarts.vm.gpu.free',
    type: 'GPU',
    free: true,
    params: { CPU: 8, GPU: 1, gpu_type: 'p100', memory: '64GiB' },
  },
];

/** The default catalogue: the documented names, in three AZs. */
export const DEFAULT_CATALOGUE: Catalogue = {
  azs: AZS,
  poolFlavors: POOL_FLAVORS,
  notebookFlavors: NOTEBOOK_FLAVORS,
  profiles: [
    {
      id: 'Multi-Engine 1.0 (python2)-cpu',
      hardware: 'CPU',
      category: 'Multi-Engine 1.0',
      image: 'mul-kernel-cpu-cp27',
    },
    {
      id: 'Multi-Engine 1.0 (python2)-gpu',
      hardware: 'GPU',
      category: 'Multi-Engine 1.0',
      image: 'mul-kernel-gpu-cuda-cp27',
    },
    {
      id: 'Multi-Engine 1.0 (python3)-cpu',
      hardware: 'CPU',
      category: 'Multi-Engine 1.0',
      image: 'mul-kernel-cpu-cp36',
    },
    {
      id: 'Multi-Engine 1.0 (python3)-gpu',
      hardware: 'GPU',
      category: 'Multi-Engine 1.0',
      image: 'mul-kernel-gpu-cuda-cp36',
    },
    { id: 'Multi-Engine 2.0 (python3)', category: 'Multi-Engine 2.0', image: 'mul-kernel-gpu-cuda-cp36' },
    { id: 'Python3-gpu', hardware: 'GPU', category: 'Python3', image: 'mul-kernel-gpu-cuda-cp36' },
    { id: 'Power-Engine 1.0(python3)', category: 'Power-Engine 1.0', image: 'power-kernel-cp36' },
    {
      id: 'Ascend-Power-Engine 1.0(python3)',
      hardware: 'ASCEND',
      category: 'Ascend-Power-Engine 1.0',
      image: 'ascend-kernel-cp37',
    },
  ],
  images: DEFAULT_IMAGES,
  networks: ['network-7a3e', 'network-21e1'],
  workspaces: ['0', '7c2f41b5a0d94c6f8e13b5d2a9c07e64'],
};
