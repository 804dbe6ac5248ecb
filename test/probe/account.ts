import type { ModelArts } from '../../src/modelarts/client.js';
import { Secret } from '../../src/modelarts/secret.js';
import { currentNotebookCalls, historicalNotebookCalls } from '../../src/probe/notebook-calls.js';
import { poolCalls } from '../../src/probe/pool-calls.js';
import { type Reading, runProbe } from '../../src/probe/run.js';
import { createManualClock } from '../../src/simulator/clock.js';
import { isLost } from '../../src/simulator/http-messages.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { Broken, connect, type Reply, type Seen } from '../modelarts/fake-service.js';

export const probeCalls = [...poolCalls, ...currentNotebookCalls, ...historicalNotebookCalls];

/** A simulated account with pools, jobs and notebooks of both APIs, of the caller and of others. */
export function fullAccount(options: SimulatorOptions = {}): Simulator {
  return createSimulator({
    clock: createManualClock(),
    placed: {
      pools: [
        { name: 'team-a', user: 'ops', description: 'ours of team a', count: 2 },
        { name: 'team-b', phase: 'Abnormal' },
      ],
      workloads: [
        { pool: 'team-a', name: 'train-a', user: 'ops' },
        { pool: 'team-b', name: 'serve-b', type: 'infer', status: 'Completed' },
      ],
      notebooks: [
        { name: 'notes-a', user: 'ops' },
        { name: 'notes-b', status: 'STOPPED' },
      ],
      currentNotebooks: [
        { name: 'current-a', user: 'ops' },
        { name: 'current-b', user: 'ops', status: 'STOPPED' },
      ],
    },
    ...options,
  });
}

/** What happens to a response on its way. */
export type Rewrite = (operation: string, reply: Reply) => Reply | Broken;

/** A client of the simulator in this process. */
export function clientOf(simulator: Simulator, rewrite: Rewrite = (_operation, reply) => reply): ModelArts {
  const respond = async ({ method, url, headers, text }: Seen): Promise<Reply | Broken> => {
    const sent = { method, path: url.pathname + url.search, headers, ...(text === null ? {} : { body: text }) };
    const response = await simulator.handle(sent);
    if (isLost(response)) return new Broken('ECONNRESET');
    const operation = simulator.requests().at(-1)?.operation ?? '';
    const { status, body } = response;
    return rewrite(operation, { status, headers: response.headers, body });
  };
  const credentials = { kind: 'token', token: new Secret('simulator-only-token') } as const;
  const { projectId, clock } = simulator;
  return connect(respond, { credentials, projectId, now: () => clock.now() }).modelarts;
}

/** Changes the JSON body of one operation. */
export function changeBody(of: string, change: (body: ReturnType<typeof JSON.parse>) => void): Rewrite {
  return (operation, reply) => {
    if (operation !== of || reply.status !== 200) return reply;
    const body = JSON.parse(String(reply.body));
    change(body);
    return { ...reply, body };
  };
}

export async function probe(simulator: Simulator, rewrite?: Rewrite): Promise<Reading[]> {
  return runProbe(clientOf(simulator, rewrite).raw, probeCalls, { signal: new AbortController().signal });
}
