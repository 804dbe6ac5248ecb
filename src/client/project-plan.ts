import type { Connection } from '@temporalio/client';
import type { ModelArts } from '../modelarts/client.js';
import { realSleep } from '../modelarts/timing.js';
import { readInstallation } from '../temporal/installation.js';
import type { Operations } from './operations.js';
import { planRemoval, type RemovalPlan } from './removal-plan.js';

interface Reading {
  readonly operations: Pick<Operations, 'spec'>;
  readonly connection: Connection;
  readonly namespace: string;
  /** Null: it follows from the namespace. */
  readonly installation: string | null;
  readonly modelarts: ModelArts;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What a teardown of a name would delete; read with the settings of this process. */
export async function readRemovalPlan(reading: Reading, name: string): Promise<RemovalPlan> {
  const { operations, connection, namespace, modelarts, now, signal } = reading;
  const installation = await readInstallation(connection, namespace, reading.installation);
  const spec = await operations.spec(name).catch(() => null);
  const workspaces = [spec?.pool?.workspaceId, spec?.notebook?.workspaceId].filter((id) => id !== undefined);
  const question = { name, installation, workspaceIds: [...new Set(workspaces)] };
  return await planRemoval({ modelarts, now, sleep: realSleep }, question, signal);
}
