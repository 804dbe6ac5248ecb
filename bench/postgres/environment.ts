import { setTimeout } from 'node:timers/promises';
import { type Client, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { announceCancelSignal, extendLeaseUpdate, releaseLeaseUpdate } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { currentNotebookPart } from '../../test/workflows/documents.js';
import { environmentDocument } from '../bench-stack.js';
import { retry } from './retry.js';

/** How an environment ends: by a teardown, a release or the end of its lease. The last kind is kept. */
export type Ending = 'teardown' | 'release' | 'expiry' | 'kept';

/** One update, from the first attempt to send it to its answer. Times of `performance.now()`. */
export interface UpdateTime {
  readonly from: number;
  readonly to: number;
}

/** What has happened to one environment. */
export interface Environment {
  readonly name: string;
  readonly ending: Ending;
  readonly startedAt: number;
  readyAt: number | null;
  granted: number;
  readonly updates: UpdateTime[];
  /** True once it ended as its ending says, with every extension counted once. */
  isDone: boolean;
  problem: string | null;
}

const extensions = 3;
const extensionEveryMs = 10_000;
/** Longer than a stop of the database, so that every extension comes before the end. */
const expiringTtl = '2m';
const sender = { by: 'bench', reason: 'bench' };
/** How long a request of this client is repeated, beyond all planned outages. */
const acceptedMs = 180_000;

export function newEnvironment(index: number): Environment {
  const name = `scale-${String(index).padStart(5, '0')}`;
  const endings: readonly Ending[] = ['teardown', 'release', 'expiry'];
  const ending = index % 10 === 9 ? 'kept' : (endings[index % endings.length] ?? 'teardown');
  const startedAt = performance.now();
  return { name, ending, startedAt, readyAt: null, granted: 0, updates: [], isDone: false, problem: null };
}

/** Runs an environment from its create to its end. Never throws: `problem` has the reason. */
export async function runEnvironment(client: Client, taskQueue: string, environment: Environment): Promise<void> {
  try {
    await live(client, taskQueue, environment);
    environment.isDone = true;
  } catch (error) {
    environment.problem = error instanceof Error ? `${error.name}: ${error.message} ${causeOf(error)}` : String(error);
  }
}

async function live(client: Client, taskQueue: string, environment: Environment): Promise<void> {
  const { name, ending } = environment;
  await sent(() =>
    client.workflow.start('provisionPoolThenLaunchNotebook', {
      workflowId: `env/${name}`,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue,
      args: [documentOf(environment)],
    }),
  );
  await expectEnd(client, `env/${name}`, 'Ready');
  environment.readyAt = performance.now();
  const lease = client.workflow.getHandle(`lease/${name}`);
  for (let number = 0; number < extensions; number += 1) {
    const from = performance.now();
    const key = `extend-${number}`;
    const extension = { ...sender, duration: '10s', key };
    await sent(() => lease.executeUpdate(extendLeaseUpdate, { updateId: key, args: [extension] }));
    environment.updates.push({ from, to: performance.now() });
    environment.granted += 1;
    await setTimeout(extensionEveryMs);
  }
  if (ending === 'teardown') {
    await sent(() =>
      client.workflow.signalWithStart('teardownEnvironment', {
        workflowId: `teardown/${name}`,
        taskQueue,
        args: [{ name }],
        signal: announceCancelSignal.name,
        signalArgs: [{ cause: 'teardown', ...sender }],
      }),
    );
    await expectEnd(client, `teardown/${name}`, 'Gone');
    return;
  }
  if (ending === 'release')
    await sent(() => lease.executeUpdate(releaseLeaseUpdate, { updateId: 'release', args: [sender] }));
  if (ending === 'kept') expectExtensions(await sent(() => lease.query<Progress>('progress')), environment);
  else expectExtensions(await expectEnd(client, `lease/${name}`, 'Gone'), environment);
}

function documentOf({ name, ending }: Environment) {
  const isCurrent = Number(name.slice(-1)) % 2 === 0;
  return {
    ...environmentDocument(name),
    ...(isCurrent ? { notebook: currentNotebookPart() } : {}),
    lease: { ttl: ending === 'expiry' ? expiringTtl : '12h', max: '24h' },
  };
}

async function expectEnd(client: Client, workflowId: string, phase: string): Promise<Progress> {
  const result = await retry(
    Number.POSITIVE_INFINITY,
    () => client.workflow.getHandle<() => Promise<Progress>>(workflowId).result(),
    (error) => error instanceof WorkflowFailedError,
  );
  if (result.phase !== phase) throw new Error(`${workflowId} ended ${result.phase}: ${result.why}`);
  return result;
}

function expectExtensions({ lease }: Progress, { granted }: Environment): void {
  if (lease?.extensions !== granted) throw new Error(`${granted} extensions granted, ${lease?.extensions} counted`);
}

/** Repeats a request that got no answer, as a client with the same key may. */
async function sent<T>(request: () => Promise<T>): Promise<T> {
  return await retry(acceptedMs, request, (error) => error instanceof WorkflowUpdateFailedError);
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `(${cause.message})` : '';
}
