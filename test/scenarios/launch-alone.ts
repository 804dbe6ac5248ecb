import type { Testbed } from '../support/testbed.js';
import { poolPart, publicNotebookPart } from '../workflows/documents.js';
import { deadlines, name } from './steps.js';

export const kinds = ['pool', 'notebook'] as const;

/** The kinds that an operation can create alone. */
export type Kind = (typeof kinds)[number];

/** The workflow that creates it. */
export const types: Record<Kind, string> = { pool: 'provisionPool', notebook: 'launchNotebook' };

/** What the workflow is started with; the notebook needs no pool. */
export const documents: Record<Kind, Record<string, unknown>> = {
  pool: { name, pool: poolPart(), deadlines },
  notebook: { name, notebook: publicNotebookPart(), deadlines },
};

/** What the service calls one that can be used. */
export const usable: Record<Kind, string> = { pool: 'Running', notebook: 'RUNNING' };

/**
 * Makes one alone, and calls the operation off when the service shows it in the state: before the operation sees it.
 */
export async function cancelAndAwait({ temporal, simulator }: Testbed, kind: Kind, state: string): Promise<void> {
  await temporal.start(types[kind], `${kind}/${name}`, [documents[kind]]);
  await temporal.run({
    until: () => {
      const { pools, notebooks } = simulator.state();
      return kind === 'pool' ? pools[0]?.phase === state : notebooks[0]?.status === state;
    },
  });
  await temporal.cancel(`${kind}/${name}`);
}
