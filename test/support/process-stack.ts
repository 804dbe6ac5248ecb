import { randomBytes } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { Phase } from '../../src/contract/phases.js';
import type { Progress } from '../../src/contract/progress.js';
import { phaseAttribute } from '../../src/contract/search-attributes.js';
import { environmentDocument, freshName } from '../workflows/documents.js';
import { type Maops, maops } from './maops.js';
import { temporalAddress } from './temporal-server.js';
import { until, within } from './until.js';

/** Short times, so that a run of real processes takes seconds. A busy machine still keeps them. */
const pace = {
  MAOPS_POLL_MIN: '150ms',
  MAOPS_POLL_MAX: '400ms',
  MAOPS_CONSISTENCY_WINDOW: '5s',
  MAOPS_HTTP_TIMEOUT: '5s',
  MAOPS_MAX_RPS: '200',
};

/** A worker process starts in two seconds on an idle machine. */
const upMs = 30_000;

export interface ProcessStackOptions {
  /** The ModelArts variables of the workers. */
  readonly modelarts: Readonly<Record<string, string>>;
  /** The server to use instead of the one that all tests share. */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** The address that workers use, such as that of a proxy. @defaultValue the address of the server */
  readonly workerAddress?: string;
  /** Further variables of the workers. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One environment that is being provisioned. */
export interface Run {
  readonly name: string;
  readonly workflowId: string;
  /** The last progress. Fails unless the run completes. */
  result(limitMs?: number): Promise<Progress>;
  signal(name: string, argument: unknown): Promise<void>;
  update(name: string, argument: unknown): Promise<unknown>;
  cancel(): Promise<void>;
  /** The phase in the search attributes, which needs no worker. Null before the first one. */
  phase(): Promise<Phase | null>;
  /** Waits for one of the phases. Fails with the current phase. */
  reached(phases: readonly Phase[], limitMs?: number): Promise<void>;
  /** Waits until a worker has started or completed a task of it after this moment. */
  movedSince(moment: number, limitMs: number): Promise<void>;
  /** The highest attempt of its pending activities. */
  attempts(): Promise<number>;
}

/** Worker processes and a client on a task queue of their own. */
export interface ProcessStack {
  /** Starts a worker process, and resolves when it polls for tasks. */
  worker(): Promise<Maops>;
  provision(change?: Record<string, unknown>): Promise<Run>;
  /** Terminates what still runs, so that it does not wait for workers forever. */
  close(): Promise<void>;
}

export async function openProcessStack(options: ProcessStackOptions): Promise<ProcessStack> {
  const { address, namespace } = options.temporal ?? temporalAddress();
  const taskQueue = `e2e-${randomBytes(4).toString('hex')}`;
  const env = {
    ...options.modelarts,
    TEMPORAL_ADDRESS: options.workerAddress ?? address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: taskQueue,
    ...pace,
    ...options.env,
  };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const names: string[] = [];
  return {
    async worker() {
      const started = maops(['worker'], env);
      await within(
        upMs,
        started.waitForOutput(/working on task queue/),
        () => `a worker did not come up: ${started.stderr()}`,
      );
      return started;
    },
    async provision(change = {}) {
      const name = freshName();
      names.push(name);
      const workflowId = `env/${name}`;
      const args = [environmentDocument(name, change)];
      await client.workflow.start('provisionPoolThenLaunchNotebook', { workflowId, taskQueue, args });
      return runOf(client, name);
    },
    async close() {
      try {
        for (const id of names.flatMap((name) => [`env/${name}`, `lease/${name}`])) {
          await client.workflow
            .getHandle(id)
            .terminate('the test is over')
            .catch((error: unknown) => {
              if (!(error instanceof WorkflowNotFoundError)) throw error;
            });
        }
      } finally {
        await connection.close();
      }
    },
  };
}

function runOf(client: Client, name: string): Run {
  const workflowId = `env/${name}`;
  const handle = client.workflow.getHandle(workflowId);
  const pending = async () => (await handle.describe()).raw.pendingActivities ?? [];
  const phase = async () => (await handle.describe()).typedSearchAttributes.get(phaseAttribute) as Phase | undefined;
  return {
    name,
    workflowId,
    async result(limitMs = 80_000) {
      const ended = async () => (await handle.describe()).status.name !== 'RUNNING';
      await until(`${name} ended`, ended, limitMs).catch(async (error: Error) => {
        const state = {
          phase: await phase(),
          pending: await pending(),
          progress: await handle.query('progress').catch(String),
        };
        throw new Error(`${error.message}; ${JSON.stringify(state)}`);
      });
      return (await handle.result()) as Progress;
    },
    signal: (signal, argument) => handle.signal(signal, argument),
    update: (update, argument) => handle.executeUpdate(update, { args: [argument] }),
    cancel: async () => void (await handle.cancel()),
    phase: async () => (await phase()) ?? null,
    async reached(phases, limitMs = 40_000) {
      let last: Phase | undefined;
      const look = async () => {
        last = await phase();
        return last !== undefined && phases.includes(last);
      };
      await until(`${name} in ${phases.join(' or ')}`, look, limitMs).catch((error: Error) => {
        throw new Error(`${error.message}; it is in ${last}`);
      });
    },
    async movedSince(moment, limitMs) {
      const started = async () => {
        const { status, raw } = await handle.describe();
        if (status.name !== 'RUNNING') return true;
        const times = (raw.pendingActivities ?? []).map((one) => milliseconds(one.lastStartedTime));
        if (times.some((time) => time > moment)) return true;
        const { events = [] } = await handle.fetchHistory();
        // A completed workflow task shows that a worker has processed the run.
        return (events ?? []).some(
          (event) => event.workflowTaskCompletedEventAttributes != null && milliseconds(event.eventTime) > moment,
        );
      };
      await until(`${name} continued`, started, limitMs);
    },
    attempts: async () => Math.max(0, ...(await pending()).map((one) => one.attempt ?? 0)),
  };
}

interface ProtoTime {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function milliseconds(time: ProtoTime | null | undefined): number {
  return time == null ? 0 : Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1_000_000;
}
