import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/dev/free-port.js';
import { binarySources } from '../../src/dev/temporal-binary.js';
import { endLeaked, type Maops, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';
import { imageEnvironment, resolvedCompose, root, type Service, servicesOf } from './compose.js';

/** Played by the Temporal server that all tests share: no container can run here. */
const playedByTemporal = ['postgres', 'temporal-schema', 'temporal', 'temporal-ui'];
const upMs = 60_000;
const silent = () => {};

afterAll(async () => void (await endLeaked()));

/** The addresses of the compose network and of its containers, on this machine. */
type Places = readonly (readonly [written: string, here: string])[];

function localise(text: string, places: Places): string {
  return places.reduce((done, [written, here]) => done.split(written).join(here), text);
}

function environmentOf({ environment = {} }: Service, places: Places): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, localise(value, places)]));
}

/** Runs a command to its end, with nothing in its environment but what it is given. */
async function run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const [program = '', ...words] = command;
  const child = spawn(program === 'node' ? process.execPath : program, words, { env, stdio: 'ignore' });
  const [code]: (number | null)[] = await once(child, 'close');
  return code ?? -1;
}

test('`docker compose --profile simulator up` starts a worker that creates an environment, without any settings', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maops-compose-'));
  const [simulatorPort, healthPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const places: Places = [
    ['temporal:7233', temporalAddress().address],
    ['simulator:8790', `127.0.0.1:${simulatorPort}`],
    ['127.0.0.1:8790', `127.0.0.1:${simulatorPort}`],
    ['0.0.0.0:8080', `127.0.0.1:${healthPort}`],
    ['127.0.0.1:8080', `127.0.0.1:${healthPort}`],
    ['0.0.0.0:9464', `127.0.0.1:${metricsPort}`],
    ['/data/', `${folder}/`],
    ['/deploy/', `${root}/deploy/`],
  ];
  // A namespace of its own keeps the file's task queue apart from those of other tests.
  const namespace = `compose-${process.pid}`;
  const services = servicesOf(resolvedCompose({ TEMPORAL_NAMESPACE: namespace }), ['simulator']);
  const machine = { PATH: await pathWithTemporal(), HOME: folder };
  const image = Object.fromEntries(
    Object.entries(imageEnvironment()).map(([name, value]) => [name, localise(value, places)]),
  );
  const running = new Map<string, Maops>();

  const start = async (name: string, service: Service) => {
    const env = { ...machine, ...environmentOf(service, places) };
    const words = (service.command ?? []).map((word) =>
      word === '8790' ? String(simulatorPort) : localise(word, places),
    );
    if (service.restart === 'on-failure:5') {
      const command = service.entrypoint?.map((word) => localise(word, places)) ?? [
        'node',
        path.join(root, 'bin/maops.js'),
        ...words,
      ];
      for (
        let left = 5;
        (await run(command, { ...env, ...(service.build === undefined ? {} : image) })) !== 0;
        left -= 1
      )
        if (left === 0) throw new Error(`${name} does not end with 0`);
      return;
    }
    const started = maops(words, { ...image, ...env });
    running.set(name, started);
    const check = (service.healthcheck?.test ?? []).slice(1).map((word) => localise(word, places));
    await until(`${name} is healthy`, async () => (await run(check, machine)) === 0, upMs).catch((error: Error) => {
      throw new Error(`${error.message}; output:\n${started.stdout()}${started.stderr()}`);
    });
  };

  const done = new Set(playedByTemporal);
  const left = new Map(Object.entries(services).filter(([name]) => !done.has(name)));
  expect([...left.keys()].sort()).toEqual(['setup', 'simulator', 'temporal-namespace', 'worker']);
  while (left.size > 0) {
    const next = [...left].find(([, { depends_on = {} }]) => Object.keys(depends_on).every((name) => done.has(name)));
    if (next === undefined) throw new Error(`these wait for each other: ${[...left.keys()].join(', ')}`);
    const [name, service] = next;
    await start(name, service);
    left.delete(name);
    done.add(name);
  }

  const person = { TEMPORAL_ADDRESS: temporalAddress().address, TEMPORAL_NAMESPACE: namespace };
  const created = maops(['env', 'create', '-f', 'examples/team-a.yaml', '--watch', '--json'], person);
  const code = await created.ended;
  expect({ code, output: code === 0 ? '' : created.stdout() + created.stderr() }).toEqual({ code: 0, output: '' });
  expect(running.get('worker')?.stderr()).toContain('ModelArts accepts the token');

  for (const one of running.values()) one.kill('SIGTERM');
  expect(await Promise.all([...running.values()].map(({ ended }) => ended))).toEqual([0, 0]);
  await rm(folder, { recursive: true });
});

/** The admin tools of the file have the Temporal CLI on their path. */
async function pathWithTemporal(): Promise<string> {
  for (const source of binarySources(process.env).slice(0, 3)) {
    const found = await source.find(silent).catch(() => null);
    if (found !== null) return `${path.dirname(found)}:${process.env.PATH ?? ''}`;
  }
  throw new Error('the Temporal CLI that runs the shared server is not found');
}
