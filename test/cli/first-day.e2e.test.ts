import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freshName } from '../workflows/documents.js';
import { openShell, type Shell } from './shell.js';

/** The steps of the README, "First day with a real account", on an account that has a pool, notebooks and a job. */
let shell: Shell;
let folder: string;
const name = freshName('private');

beforeAll(async () => {
  shell = await openShell();
  folder = path.join(path.dirname(shell.file('marker', '')), 'first-day');
  const { served } = shell.stack;
  for (const [what, resource] of [
    ['pools', { name, description: 'call 555-0199', user: 'ops' }],
    ['notebooks', { name, user: 'ops' }],
    ['currentNotebooks', { name, user: 'ops', status: 'STOPPED' }],
    ['workloads', { pool: name, name: `${name}-job` }],
  ] as const) {
    const headers = { 'content-type': 'application/json' };
    const placed = await fetch(`${served.url}/_sim/${what}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(resource),
    });
    expect(placed.ok).toBe(true);
  }
});

afterAll(() => shell.close());

interface Doctor {
  readonly ok: boolean;
  readonly probe: { readonly blocked: readonly unknown[] };
}

interface Row {
  readonly name: string;
  readonly phase?: string;
  readonly status?: string;
}

test('the probe reads everything, changes nothing and finds what blocks work', async () => {
  const { simulator } = shell.stack;
  const before = simulator.requests().length;
  const found = await shell.json<Doctor>(['doctor', '--probe']);
  expect(found).toMatchObject({ ok: true, probe: { blocked: [] } });
  const sent = simulator.requests().slice(before);
  expect(new Set(sent.map(({ operation }) => operation)).size).toBeGreaterThan(20);
  expect(sent.filter(({ effect }) => effect !== null)).toEqual([]);
  simulator.faults.plan({ operation: 'pools.list', kind: 'forbidden', times: 'always' });
  const refused = await shell.json<Doctor>(['doctor', '--probe'], 1);
  simulator.faults.clear();
  expect(refused.probe.blocked.length).toBeGreaterThan(0);
});

test('the smallest spec passes its dry run, with flavor and network of the lists', async () => {
  const spec = await readFile('examples/first-pool.yaml', 'utf8');
  const [flavors, networks] = await Promise.all([
    shell.json<Row[]>(['flavor', 'list']),
    shell.json<{ id: string }[]>(['network', 'list']),
  ]);
  expect(flavors.some((flavor) => spec.includes(`[${flavor.name}]`))).toBe(true);
  expect(networks.some(({ id }) => spec.includes(`network: ${id}`))).toBe(true);
  const { code, err, out } = await shell.run(['pool', 'create', '-f', 'examples/first-pool.yaml', '--dry-run']);
  expect({ code, err, out }).toMatchObject({ code: 0 });
});

test('a recording has nothing of the account, and the simulator replays it', async () => {
  await shell.json(['doctor', '--probe', '--record', folder]);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  );
  expect(texts.length).toBeGreaterThan(10);
  for (const real of [name, '555-0199', shell.stack.simulator.projectId]) expect(texts.join('\n')).not.toContain(real);
  expect((await shell.run(['doctor', '--probe', '--record', folder])).code).toBe(2);

  const replayed = shell.start(['simulator', '--from', folder, '--port', '0', '--json']);
  await replayed.waitForOutput(/"environment"/);
  const { environment } = JSON.parse(replayed.stdout()) as { environment: Record<string, string> };
  const rows = async (kind: string): Promise<Row[]> =>
    JSON.parse((await shell.run([kind, 'list', '--json'], environment)).out);
  const [pools, notebooks] = await Promise.all([rows('pool'), rows('notebook')]);
  expect(pools.map(({ phase }) => phase)).toEqual(['Running']);
  expect(notebooks.map(({ status }) => status).sort()).toEqual(['RUNNING', 'STOPPED']);
  expect([...pools, ...notebooks].map((row) => row.name)).not.toContain(name);
  replayed.kill('SIGTERM');
  expect(await replayed.ended).toBe(0);
});
