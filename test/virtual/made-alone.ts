import { notebookPart, poolPart } from '../workflows/documents.js';
import { deadlines, name } from './stories.js';

export const kinds = ['pool', 'notebook'] as const;

/** What an operation can make alone. */
export type Kind = (typeof kinds)[number];

/** The workflow that makes it. */
export const types: Record<Kind, string> = { pool: 'provisionPool', notebook: 'launchNotebook' };

/** What the workflow is started with; the notebook needs no pool. */
export const documents: Record<Kind, Record<string, unknown>> = {
  pool: { name, pool: poolPart(), deadlines },
  notebook: {
    name,
    notebook: notebookPart({ profileId: 'Multi-Engine 1.0 (python3)-cpu', flavor: 'modelarts.vm.cpu.2u' }),
    deadlines,
  },
};

/** What the service calls one that can be used. */
export const usable: Record<Kind, string> = { pool: 'Running', notebook: 'RUNNING' };
