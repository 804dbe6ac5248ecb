import { setTimeout } from 'node:timers/promises';
import { createModelArts } from '../src/modelarts/client.js';
import { poolListSchema } from '../src/modelarts/schemas/pool.js';
import { Secret } from '../src/modelarts/secret.js';
import { createWatchers } from '../src/modelarts/watchers.js';
import { clientEnvironment } from '../src/simulator/client-environment.js';
import { serveSimulator } from '../src/simulator/server.js';
import { createSimulator } from '../src/simulator/simulator.js';
import { rounded } from './bench-stack.js';
import type { Row } from './row.js';

const pools = 2_000;
const waiting = 100;
const looks = 20;

/** CPU time of one look at 2,000 pools, of which 100 are waited for and one changes. The list comes from memory. */
export async function looksAtPools(): Promise<Row[]> {
  const text = await listOf(pools);
  let served = 0;
  const looksSoFar = () => served;
  const modelarts = createModelArts({
    endpoint: 'http://localhost',
    projectId: '0'.repeat(32),
    credentials: { kind: 'token', token: new Secret('none') },
    httpTimeoutMs: 15_000,
    maxRps: 10_000,
    adapter: async (config) => {
      served += 1;
      const data = text.replace('"look"', `"look ${served}"`);
      return { status: 200, statusText: '', headers: {}, config, data };
    },
  });
  const watchers = createWatchers(modelarts, { pace: { pollMinMs: 1, pollMaxMs: 1 } });
  let seen = 0;
  const listed = poolListSchema.parse(JSON.parse(text)).items.slice(0, waiting);
  for (const { metadata } of listed) watchers.pools.subscribe(metadata.name, () => (seen += 1));
  const untilLooks = async (count: number) => {
    const end = served + count;
    while (looksSoFar() < end) await setTimeout(1);
  };
  await untilLooks(5);
  globalThis.gc?.();
  const first = served;
  const before = process.cpuUsage();
  await untilLooks(looks);
  const { user, system } = process.cpuUsage(before);
  const made = served - first;
  watchers.pools.close();
  modelarts.close();
  if (seen < made * waiting) throw new Error('a look was not passed on');
  const cpuMs = rounded((user + system) / 1_000 / made);
  return [{ measure: `CPU of one look at ${pools} pools`, value: cpuMs, unit: 'ms', goal: 40 }];
}

/** The list of a simulator with these pools. */
async function listOf(count: number): Promise<string> {
  const simulator = createSimulator({ speed: 1 });
  const served = await serveSimulator(simulator, { port: 0 });
  const environment = clientEnvironment(served.url);
  const headers = { 'content-type': 'application/json', 'X-Auth-Token': environment.MODELARTS_TOKEN ?? '' };
  try {
    for (let index = 0; index < count; index += 1) {
      const body = JSON.stringify({ name: `pool-${index}`, description: index === 0 ? 'look' : `pool ${index}` });
      const placed = await fetch(`${served.url}/_sim/pools`, { method: 'POST', headers, body });
      if (!placed.ok) throw new Error(await placed.text());
    }
    const list = await fetch(`${served.url}/v2/${simulator.projectId}/pools`, { headers });
    return await list.text();
  } finally {
    await served.close();
  }
}
