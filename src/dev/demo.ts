import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openSession } from '../client/connect.js';
import type { Operations } from '../client/operations.js';
import { type Env, processEnv } from '../config.js';
import { operationId } from '../contract/ids.js';
import { isSuccess } from '../contract/phases.js';
import type { Progress } from '../contract/progress.js';
import { describeDuration } from '../domain/duration.js';
import { parseSpecText } from '../spec/source.js';
import type { Logger } from '../worker/logging.js';
import { startDevStack } from './dev.js';
import type { Stack } from './stack.js';

/** An example, relative to the package. */
const fileOf = (isHistorical: boolean) => (isHistorical ? 'examples/team-a-historical.yaml' : 'examples/team-a.yaml');
/** Fast enough for a demo of about a minute, slow enough to see the phases. */
const speed = 25;

export interface DemoOptions {
  /** Leaves everything running until the signal. */
  readonly keep: boolean;
  /** Uses the historical notebook API. @defaultValue false */
  readonly historical?: boolean;
  readonly logger: Logger;
  /** Receives the lines for people. */
  readonly print: (line: string) => void;
  /** Shows an operation until it ends and returns its last progress. */
  readonly follow: (operations: Operations, workflowId: string) => Promise<Progress>;
  readonly signal: AbortSignal;
  /** @defaultValue the process's own */
  readonly env?: Env;
}

/** The result of the demo, for `--json`. */
export interface DemoSummary {
  readonly name: string;
  readonly ready: Progress;
  readonly wallMs: number;
  /** Number of calls to the simulator by operation. */
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly temporalUi: string | null;
  /** Null with `--keep`. */
  readonly teardown: Progress | null;
}

/** Creates the example environment and tears it down, with server, simulator and worker in this process. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const { print, logger, signal, env = processEnv() } = options;
  const file = fileOf(options.historical ?? false);
  const example = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const spec = parseSpecText('provisionPoolThenLaunchNotebook', await readFile(example, 'utf8'), file);
  if (!spec.ok) throw new Error(`${file} is not valid: ${spec.problems.map(({ message }) => message).join('; ')}`);
  const { name } = spec.spec;
  print('Starting a Temporal server, a simulated ModelArts and a worker …');
  const stack = await startDevStack({ speed, logger, print, signal, env });
  try {
    const { operations } = await openSession(stack.config);
    try {
      print(`Creating the environment of ${file}. The simulator runs ${speed} times faster than the real service.`);
      const began = Date.now();
      const { handle } = await operations.createEnvironment(spec.spec);
      const ready = await options.follow(operations, handle.workflowId);
      const wallMs = Date.now() - began;
      const { simulator, temporal } = stack;
      const summary = { name, ready, wallMs, apiCalls: simulator.simulator.summary(), temporalUi: temporal.uiUrl };
      if (!isSuccess(ready.phase))
        throw new Error(`the demo ended ${ready.phase}: ${ready.failure?.message ?? ready.why}`);
      for (const line of summaryLines(summary)) print(line);
      if (options.keep) {
        for (const line of nextCommands(stack, name, file)) print(line);
        if (!signal.aborted) await once(signal, 'abort');
        return { ...summary, teardown: null };
      }
      print('Tearing it down …');
      const { workflowId } = await operations.teardown(name, { reason: 'end of the demo' });
      const teardown = await options.follow(operations, workflowId);
      if (teardown.phase !== 'Gone') throw new Error(`the teardown ended ${teardown.phase}: ${teardown.why}`);
      const { pools, notebooks, currentNotebooks } = simulator.simulator.state();
      const left = notebooks.length + currentNotebooks.length;
      print(`Gone. The simulated cloud has ${pools.length} pools and ${left} notebooks left.`);
      return { ...summary, apiCalls: simulator.simulator.summary(), teardown };
    } finally {
      await operations.close();
    }
  } finally {
    await stack.stop();
  }
}

function summaryLines({ ready, wallMs, apiCalls, temporalUi }: Omit<DemoSummary, 'teardown'>): string[] {
  const { pool, notebook, lease } = ready;
  const calls = Object.entries(apiCalls).map(([operation, count]) => `${operation} ${count}`);
  const total = Object.values(apiCalls).reduce((sum, count) => sum + count, 0);
  return [
    '',
    `${ready.name} is ready:`,
    `  pool       ${pool?.id ?? '–'}, ${pool?.nodes.available ?? 0} of ${pool?.nodes.wanted ?? 0} nodes available`,
    `  notebook   ${notebook?.id ?? '–'}  ${notebook?.url ?? ''}`,
    `  owner      ${lease === null ? 'none' : `lease/${ready.name}`}`,
    `  took       ${describeDuration(wallMs)}`,
    `  API calls  ${total} (${calls.join(', ')})`,
    ...(temporalUi === null ? [] : [`  Temporal   ${temporalUi}/namespaces/default/workflows`]),
    '',
  ];
}

function nextCommands({ environment }: Stack, name: string, file: string): string[] {
  const variables = Object.entries(environment).filter(([key]) => /^(TEMPORAL|MODELARTS)_/.test(key));
  return [
    'Everything keeps running until Ctrl-C. In another terminal, run:',
    ...variables.map(([key, value]) => `  export ${key}=${value}`),
    'Then try:',
    `  npx maops env show ${name}`,
    `  npx maops env history env/${name}`,
    '  npx maops flavor list',
    `  npx maops env create -f ${file} --watch     # the same spec again: adopts the resources`,
    `  npx maops env watch ${operationId('lease', name)}`,
    `  npx maops env teardown ${name} --wait`,
    '',
  ];
}
