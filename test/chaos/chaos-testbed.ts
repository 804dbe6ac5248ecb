import type { Payload } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Settings } from '../../src/contract/settings.js';
import { oversized } from '../support/payload-sizes.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import type { HttpCall, HttpHooks } from '../support/virtual-http.js';
import { decoded, payloads } from '../temporal-sim/protocol.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import type { ChaosSeed } from './chaos-seed.js';
import type { Random } from './random.js';
import type { TryNowSender } from './try-now.js';

/** What became of a seed. */
export interface ChaosResult {
  readonly seed: number;
  /** The operation's last phase, and the type of its failure. */
  readonly ending: string;
  /** Empty when all promises were kept. */
  readonly problems: readonly string[];
  /** How often each kind of fault has acted. */
  readonly faultsHit: Readonly<Record<string, number>>;
  readonly deaths: number;
  readonly calls: number;
  readonly activations: number;
  /** How `tryNow` was answered. */
  readonly tryNow: TryNowSender['answers'];
}

export interface ChaosOptions {
  /** Receives every step of the server, and every call. */
  readonly trace?: (line: string) => void;
  /** A planted mistake: changes what activities do. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** A planted mistake: changes what is asked of the service. */
  readonly rewrite?: (path: string) => string;
  /** A planted mistake: changes the worker's settings. */
  readonly settings?: Partial<Settings>;
  /** A planted mistake: changes what a run hands to the one that continues it. */
  readonly carryOver?: (args: unknown[]) => unknown[];
}

/** What a run of a scenario adds to its testbed. */
interface ChaosHooks {
  readonly random: Random;
  /** Whether the worker dies now; decided by a share. */
  readonly dies: (share: number) => boolean;
  readonly onActivation: (run: WorkflowRun) => void;
  readonly problem: (what: string) => void;
  readonly sent: (call: HttpCall) => void;
  readonly answered: (call: Parameters<NonNullable<HttpHooks['afterCommit']>>[0]) => void;
  readonly interceptors: readonly ActivityInterceptorsFactory[];
}

/** The testbed of a scenario: its cloud, its delays, and workers that die. */
export async function startChaosTestbed(
  scenario: ChaosSeed,
  options: ChaosOptions,
  hooks: ChaosHooks,
): Promise<Testbed> {
  const { random, dies } = hooks;
  const { activation, call } = scenario.deaths;
  return await startTestbed({
    seed: scenario.seed,
    simulator: {
      faults: scenario.faults,
      placed: scenario.placed,
      timeForms: scenario.timeForms,
      behavior: {
        deleteRunningNotebook: scenario.deletesRunning ? 'accept' : 'refuse',
        ...scenario.jobs.behavior,
      },
    },
    restartMs: scenario.restartMs,
    suggestContinueAsNewAfter: scenario.suggestContinueAsNewAfter,
    ...(scenario.slots === null ? {} : { slots: scenario.slots }),
    latency: () => (scenario.latencyMs === 0 ? 0 : random.between(0, scenario.latencyMs)),
    reportDelay: () =>
      scenario.lostReports > 0 && random.chance(scenario.lostReports) ? random.between(1, 20_000) : 0,
    onActivation: (_number, run, commands) => {
      hooks.onActivation(run);
      for (const problem of oversized(run.workflowId, commands)) hooks.problem(problem);
      return dies(activation) ? random.pick(['crashBeforeReport', 'crashAfterReport'] as const) : 'reported';
    },
    http: {
      ...(options.rewrite === undefined ? {} : { rewrite: options.rewrite }),
      beforeSend: (sent) => {
        options.trace?.(`    ${sent.method} ${sent.path}`);
        hooks.sent(sent);
        return dies(call) ? 'crash' : 'continue';
      },
      afterCommit: (answered) => {
        hooks.answered(answered);
        return dies(call) ? 'crash' : 'continue';
      },
    },
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.carryOver === undefined ? {} : { carryOver: (args) => rewritten(args, options.carryOver) }),
    interceptors: [...hooks.interceptors, ...(options.interceptors ?? [])],
    ...(options.trace === undefined ? {} : { trace: options.trace }),
  });
}

function rewritten(args: Payload[], rewrite: ChaosOptions['carryOver']): Payload[] {
  return rewrite === undefined ? args : payloads(rewrite(args.map(decoded)));
}
