import { type AxiosAdapter, AxiosError, AxiosHeaders } from 'axios';
import { isLost } from '../../src/simulator/http-messages.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { VirtualWorker, WorkerRuntime } from '../temporal-sim/virtual-worker.js';

/** One API call of a worker. */
export interface HttpCall {
  /** Counts all calls of the world, from 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** The body as it is sent; empty when there is none. */
  readonly body: string;
  readonly worker: VirtualWorker;
}

/** Where a test can intercept a call; `dies` kills the worker at that point. */
export interface HttpHooks {
  /** The path and query that are sent in place of the true ones. */
  readonly rewrite?: (path: string) => string;
  readonly beforeSend?: (call: HttpCall) => 'continue' | 'crash';
  /** The work is done, and the answer is on its way. */
  readonly afterCommit?: (call: HttpCall) => 'continue' | 'crash';
}

/** Takes the place of a worker's network: calls the simulator in this process, in virtual time. */
export function virtualNetwork(
  simulator: Simulator,
  runtime: WorkerRuntime,
  options: {
    readonly latencyMs: number;
    /** The way there: what is on it arrives, whatever becomes of the worker. */
    readonly travel: (ms: number) => Promise<void>;
    readonly count: () => number;
    readonly hooks: HttpHooks;
    readonly kill: (worker: VirtualWorker) => void;
  },
): AxiosAdapter {
  const { worker, sleep } = runtime;
  return async (config) => {
    const { pathname, search } = new URL(config.url ?? '');
    const call: HttpCall = {
      number: options.count(),
      method: (config.method ?? 'get').toUpperCase(),
      path: options.hooks.rewrite?.(pathname + search) ?? pathname + search,
      body: typeof config.data === 'string' ? config.data : '',
      worker,
    };
    const checkpoint = async (hook: ((call: HttpCall) => 'continue' | 'crash') | undefined) => {
      await worker.moving();
      if (hook?.(call) === 'crash') options.kill(worker);
      if (!worker.alive) await new Promise(() => {});
    };
    await checkpoint(options.hooks.beforeSend);
    const signal = config.signal as AbortSignal | undefined;
    await options.travel(options.latencyMs);
    const headers = Object.entries(AxiosHeaders.from(config.headers).toJSON()).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    const body = call.body === '' ? {} : { body: call.body };
    const gone = signal === undefined ? {} : { signal };
    const reply = await simulator.handle(
      { method: call.method, path: call.path, headers: Object.fromEntries(headers), ...body },
      gone,
    );
    await checkpoint(options.hooks.afterCommit);
    await sleep(options.latencyMs, signal);
    if (isLost(reply) || reply.cut) {
      const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      throw AxiosError.from(cause, 'ECONNRESET', config);
    }
    return { status: reply.status, statusText: '', headers: { ...reply.headers }, config, data: reply.body };
  };
}
