import { type AxiosAdapter, AxiosHeaders } from 'axios';
import { createModelArts, type ModelArts } from '../../src/modelarts/client.js';
import { Secret } from '../../src/modelarts/secret.js';
import { isLost } from '../../src/simulator/http-messages.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';

/**
 * The API client of a simulator in the same process, without a network. Faults that lose a response are not supported.
 */
export function clientOf(simulator: Simulator): ModelArts {
  const adapter: AxiosAdapter = async (config) => {
    const { pathname, search } = new URL(config.url ?? '');
    const headers = Object.entries(AxiosHeaders.from(config.headers).toJSON());
    const answer = await simulator.handle({
      method: (config.method ?? 'get').toUpperCase(),
      path: pathname + search,
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)])),
      body: typeof config.data === 'string' ? config.data : '',
    });
    if (isLost(answer)) throw new Error('the response was lost');
    return { status: answer.status, statusText: '', headers: { ...answer.headers }, config, data: answer.body };
  };
  return createModelArts({
    endpoint: 'https://modelarts.sim-1.example.com',
    projectId: simulator.projectId,
    credentials: { kind: 'token', token: new Secret('simulator-only-token') },
    adapter,
    httpTimeoutMs: 15_000,
    maxRps: 1_000,
  });
}
