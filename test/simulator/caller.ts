import { createManualClock, type SimClock } from '../../src/simulator/clock.js';
import { isLost } from '../../src/simulator/http-messages.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';

/** A response with parsed JSON. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: the body's shape is what the tests assert
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- the body's shape is what the tests assert
  readonly lost?: 'before' | 'after';
}

/** A simulator with a manual clock, a function to call it, and the paths of its project. */
export interface Caller {
  readonly simulator: Simulator;
  readonly clock: SimClock;
  readonly projectId: string;
  readonly pools: string;
  readonly notebooks: string;
  readonly currentNotebooks: string;
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
}

const TOKEN = 'simulator-only-token';

export function createCaller(options: SimulatorOptions = {}): Caller {
  const clock = options.clock ?? createManualClock();
  const simulator = createSimulator({ clock, ...options });
  const { projectId } = simulator;
  return {
    simulator,
    clock,
    projectId,
    pools: `/v2/${projectId}/pools`,
    notebooks: `/v1/${projectId}/demanager/instances`,
    currentNotebooks: `/v1/${projectId}/notebooks`,
    async call(method, path, body, headers = {}) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const reply = await simulator.handle({
        method,
        path,
        headers: { 'X-Auth-Token': TOKEN, 'Content-Type': type, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      if (isLost(reply)) return { status: 0, headers: {}, body: undefined, lost: reply.lost };
      const isJson = (reply.headers['content-type'] ?? '').startsWith('application/json') && reply.cut !== true;
      return { status: reply.status, headers: reply.headers, body: isJson ? JSON.parse(reply.body) : reply.body };
    },
  };
}

/** A valid create body. */
export function poolBody(name = 'team-a', spec: object = {}, metadata: { labels?: object; annotations?: object } = {}) {
  return {
    kind: 'Pool',
    apiVersion: 'v2',
    metadata: { labels: { 'os.modelarts/name': name, ...metadata.labels }, annotations: metadata.annotations ?? {} },
    spec: {
      type: 'Dedicate',
      scope: ['Train', 'Notebook'],
      network: { name: 'network-7a3e-0123456789abcdef0123456789abcdef' },
      resources: [{ flavor: 'modelarts.vm.gpu.t4u8', count: 4 }],
      ...spec,
    },
  };
}

/** A valid create body. */
export function notebookBody(name = 'team-a', more: object = {}, spec: object = {}) {
  return {
    name,
    profile_id: 'Multi-Engine 1.0 (python3)-gpu',
    flavor: 'modelarts.bm.gpu.v100NV32',
    spec: { storage: { type: 'evs', location: { volume_size: 5 } }, ...spec },
    ...more,
  };
}

/** A valid create body of the current notebook API. */
export function currentNotebookBody(name = 'team-a', more: object = {}) {
  return {
    name,
    image_id: '0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10',
    flavor: 'modelarts.vm.cpu.2u',
    volume: { category: 'EVS', ownership: 'MANAGED', capacity: 5 },
    ...more,
  };
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
