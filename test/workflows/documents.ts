import { randomBytes } from 'node:crypto';

/** A name that no other test uses. */
export function freshName(prefix = 'team'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

const projectId = '0123456789abcdef0123456789abcdef';

/** The main job's document as a user writes it. */
export function environmentDocument(name: string, change: Record<string, unknown> = {}) {
  return {
    name,
    pool: poolPart(),
    notebook: notebookPart(),
    deadlines: { pool: '60s', notebook: '30s', capacity: '30s', ask: '30s', undo: '30s' },
    ...change,
  };
}

export function poolPart(change: Record<string, unknown> = {}) {
  return {
    flavors: ['modelarts.vm.gpu.t4u8'],
    count: 2,
    network: `network-7a3e-${projectId}`,
    scope: ['Train', 'Notebook'],
    ...change,
  };
}

export function notebookPart(change: Record<string, unknown> = {}) {
  return {
    profileId: 'Multi-Engine 1.0 (python3)-gpu',
    flavor: 'modelarts.bm.gpu.v100NV32',
    storage: { type: 'evs', volumeSize: 5 },
    ...change,
  };
}

/** A notebook on a public flavor: it needs no pool. */
export function publicNotebookPart(change: Record<string, unknown> = {}) {
  return notebookPart({
    profileId: 'Multi-Engine 1.0 (python3)-cpu',
    flavor: 'modelarts.vm.cpu.2u',
    ...change,
  });
}

/** A notebook of the current API. */
export function currentNotebookPart(change: Record<string, unknown> = {}) {
  return {
    image: 'pytorch2.1-cuda12',
    flavor: 'modelarts.bm.gpu.v100NV32',
    storage: { type: 'evs', volumeSize: 5 },
    ...change,
  };
}

/** The same on a public flavor: it needs no pool. */
export function publicCurrentNotebookPart(change: Record<string, unknown> = {}) {
  return currentNotebookPart({ image: 'pytorch2.1-cpu', flavor: 'modelarts.vm.cpu.2u', ...change });
}
