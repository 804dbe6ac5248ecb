import type { NotebookFacts } from '../../src/domain/resource/notebook.js';
import type { PoolFacts } from '../../src/domain/resource/pool.js';

/** An observed pool with default values for irrelevant fields. */
export function poolFacts(change: Partial<PoolFacts> = {}): PoolFacts {
  return {
    id: 'p-0123',
    createdAt: '2026-01-01T00:00:00Z',
    phase: 'Creating',
    message: null,
    deleting: false,
    description: '',
    workspaceId: '0',
    wanted: {},
    available: {},
    creating: {},
    abnormal: {},
    scopes: {},
    driver: null,
    ...change,
  };
}

export function notebookFacts(change: Partial<NotebookFacts> = {}): NotebookFacts {
  return {
    id: 'DE-1',
    createdAt: '1594887749962',
    name: 'n',
    status: 'CREATING',
    description: '',
    poolId: null,
    workspaceId: null,
    url: null,
    autoStopAt: null,
    failure: null,
    queueRank: null,
    ...change,
  };
}
