import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { runSimulator, type SimulatorProcess } from '../../src/simulator/main.js';
import { poolBody } from './caller.js';

interface Heard {
  readonly status: number;
  readonly body: string;
  readonly complete: boolean;
}

/** One call by node:http, which distinguishes a truncated body from a lost connection. */
function call(url: string, method: string, path: string, body?: unknown): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}${path}`,
      {
        method,
        headers: { 'x-auth-token': clientEnvironment(url).MODELARTS_TOKEN, 'content-type': 'application/json' },
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        const heard = () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            complete: incoming.complete,
          });
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', heard);
        incoming.on('error', heard);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

describe('the simulator over HTTP', () => {
  let running: SimulatorProcess;
  let pools: string;
  const lines: string[] = [];

  beforeAll(async () => {
    running = await runSimulator({ port: 0, speed: 1000, log: (line) => lines.push(line), signals: false });
    pools = `/v2/${running.simulator.projectId}/pools`;
  });
  afterAll(() => running.close());
  afterEach(() => running.simulator.reset());

  it('prints its address and the environment variables for a worker', () => {
    expect(lines[0]).toContain(running.url);
    for (const name of ['MODELARTS_ENDPOINT', 'MODELARTS_PROJECT_ID', 'MODELARTS_REGION', 'MODELARTS_TOKEN']) {
      expect(lines.some((line) => line.trim().startsWith(`export ${name}=`))).toBe(true);
    }
  });

  it('serves the API and the control plane', async () => {
    expect((await call(running.url, 'POST', pools, poolBody())).status).toBe(200);
    const state = await call(running.url, 'GET', '/_sim/state');
    expect(JSON.parse(state.body).pools).toHaveLength(1);
    expect((await call(running.url, 'GET', '/elsewhere')).status).toBe(404);
  });

  it('closes the socket of a lost connection, before or after the call takes effect', async () => {
    const { faults } = running.simulator;
    faults.plan(
      { operation: 'pools.create', kind: 'lost', at: 'before' },
      { operation: 'pools.create', kind: 'lost', at: 'after' },
    );
    await expect(call(running.url, 'POST', pools, poolBody())).rejects.toThrow('socket hang up');
    expect(running.simulator.state().pools).toHaveLength(0);
    await expect(call(running.url, 'POST', pools, poolBody())).rejects.toThrow('socket hang up');
    expect(running.simulator.state().pools).toHaveLength(1);
    faults.expectAllHit();
  });

  it('closes the socket in the middle of a truncated body', async () => {
    running.simulator.faults.plan({ operation: 'pools.list', kind: 'halfBody' });
    const heard = await call(running.url, 'GET', pools);
    expect([heard.status, heard.complete]).toEqual([200, false]);
    expect(heard.body).not.toBe('');
    expect(() => JSON.parse(heard.body)).toThrow(SyntaxError);
  });

  it('ends a hanging call when it is closed', async () => {
    const other = await runSimulator({ port: 0, signals: false });
    other.simulator.faults.plan({ operation: 'pools.list', kind: 'hang' });
    const pending = call(other.url, 'GET', pools);
    const refused = expect(pending).rejects.toThrow();
    while (other.simulator.faults.report()[0]?.hit !== 1) await new Promise((resolve) => setImmediate(resolve));
    await other.close();
    await other.stopped;
    await refused;
  });
});

describe('the state file', () => {
  it('restores the state after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const state = join(folder, 'state.json');
      const first = await runSimulator({ port: 0, state, signals: false });
      await call(first.url, 'POST', `/v2/${first.simulator.projectId}/pools`, poolBody());
      await call(first.url, 'POST', '/_sim/clock', { advance: 3_600_000 });
      const before = first.simulator.state();
      await first.close();
      expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ version: 1 });
      const second = await runSimulator({ port: 0, state, signals: false });
      expect(second.simulator.state().pools).toEqual(before.pools);
      expect(second.simulator.clock.now() - Date.now()).toBeGreaterThan(3_500_000);
      await second.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
