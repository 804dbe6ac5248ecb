import { Client, Connection } from '@temporalio/client';
import type { Progress } from '../src/contract/progress.js';
import { type Stack, startStack } from '../src/dev/stack.js';
import { DEFAULT_PROJECT_ID } from '../src/simulator/client-environment.js';
import { createLogger } from '../src/worker/logging.js';

/** A complete stack in this process, with a client, for one measurement. */
export interface BenchStack {
  readonly stack: Stack;
  readonly client: Client;
  readonly taskQueue: string;
  /** Starts the main job for a name. */
  readonly provision: (name: string) => Promise<{ readonly workflowId: string; readonly ready: Promise<Progress> }>;
}

type Provision = (document: unknown) => Promise<Progress>;

export function environmentDocument(name: string) {
  return {
    name,
    pool: {
      flavors: ['modelarts.vm.gpu.t4u8'],
      count: 2,
      network: `network-7a3e-${DEFAULT_PROJECT_ID}`,
      scope: ['Train', 'Notebook'],
    },
    notebook: {
      profileId: 'Multi-Engine 1.0 (python3)-gpu',
      flavor: 'modelarts.bm.gpu.v100NV32',
      storage: { type: 'evs', volumeSize: 5 },
    },
  };
}

/** Starts a stack, measures, and stops it. Variables in `env` override the poll pauses that fit the speed. */
export async function withStack<T>(
  options: { readonly speed: number; readonly env?: Readonly<Record<string, string>> },
  measure: (bench: BenchStack) => Promise<T>,
): Promise<T> {
  const stack = await startStack({
    env: { ...process.env, ...options.env },
    onProgress: (line) => process.stderr.write(`${line}\n`),
    logger: createLogger({ level: 'error' }),
    simulator: { port: 0, speed: options.speed },
  });
  const { address, namespace } = stack.temporal;
  const { taskQueue } = stack.config;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const provision: BenchStack['provision'] = async (name) => {
    const workflowId = `env/${name}`;
    const handle = await client.workflow.start<Provision>('provisionPoolThenLaunchNotebook', {
      workflowId,
      taskQueue,
      args: [environmentDocument(name)],
    });
    return { workflowId, ready: handle.result() };
  };
  try {
    return await measure({ stack, client, taskQueue, provision });
  } finally {
    await connection.close();
    await stack.stop();
  }
}

/** Middle value; of an even number of values the upper one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
