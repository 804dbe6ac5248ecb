import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { isLost } from '../../src/simulator/http-messages.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';

const bin = path.resolve(__dirname, '../../bin/maops.js');
const pools = 400;
/** Linux gives a pipe 64 KiB: what is printed beyond that waits in the process for the reader. */
const pipeBytes = 65_536;

let variables: Readonly<Record<string, string>> = {};
let stop: () => Promise<void> = async () => {};
const running = new Set<ChildProcess>();

beforeAll(async () => {
  const simulator = createSimulator();
  for (let index = 0; index < pools; index += 1) {
    const body = JSON.stringify({ name: `pool-${index}` });
    const reply = await simulator.handle({ method: 'POST', path: '/_sim/pools', headers: {}, body });
    if (isLost(reply) || reply.status >= 300) throw new Error(`pool ${index} was not placed`);
  }
  const served = await serveSimulator(simulator, { port: 0, host: '127.0.0.1' });
  variables = clientEnvironment(served.url, { projectId: simulator.projectId, region: simulator.region });
  stop = () => served.close();
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => stop());

function start(words: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...variables, ...changes };
  const child = spawn(process.execPath, [bin, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => (code as number | null) ?? (signal as string));
  return { child, ended, err: () => err };
}

test('a slow reader gets all output although connections are still open', async () => {
  // Slower than a command may take to wind up.
  const line = '{ "$0" "$@"; echo "code $?" >&2; } | { sleep 2; cat; }';
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...variables };
  const shell = spawn('sh', ['-c', line, process.execPath, bin, 'pool', 'list', '--json'], { env });
  running.add(shell);
  let [out, err] = ['', ''];
  shell.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  shell.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  await once(shell, 'close');
  expect(err).toBe('code 0\n');
  expect(out.length).toBeGreaterThan(pipeBytes);
  expect(JSON.parse(out)).toHaveLength(pools);
});

describe('a reader that closes the pipe', () => {
  test('ends a finished command silently with its own exit code', async () => {
    const { child, ended, err } = start(['pool', 'list', '--json']);
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    expect(await ended).toBe(0);
    expect(err()).toBe('');
  });

  test('stops a role like a signal', async () => {
    const { child, ended, err } = start(['simulator', '--port', '0']);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    // The simulator prints its next line when it stops; any earlier line ends it as well.
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(err()).toBe('');
  });
});

test('a failed write of the result is a failure', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, 'pool', 'list', '--json'], {
    env: { PATH: process.env.PATH ?? '', ...variables },
    stdio: ['ignore', full, 'pipe'],
  });
  running.add(child);
  closeSync(full);
  let err = '';
  child.stderr?.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(err).toContain('cannot write the result');
  expect(err).not.toMatch(/\n\s+at /);
});

describe('a time zone that Node.js does not know', () => {
  test.each(['', 'GMT+8', 'CET-1CEST', 'Asia/shanghai', 'x\u001b[31m'])(
    'as TZ=%j leaves times in UTC, with a note',
    async (TZ) => {
      const { child, ended, err } = start(['pool', 'show', 'pool-1'], { TZ });
      let out = '';
      child.stdout.on('data', (data: Buffer) => {
        out += data.toString();
      });
      expect(await ended).toBe(0);
      expect(out).toMatch(/created +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
      expect(err()).not.toContain('\u001b');
      expect(err()).toMatch(/^note: TZ '[^\n]*' is not a known time zone[^\n]*\n$/);
    },
  );

  test('needs no note when no time is shown', async () => {
    const { child, ended, err } = start(['pool', 'list', '--json'], { TZ: 'GMT+8' });
    child.stdout.resume();
    expect(await ended).toBe(0);
    expect(err()).toBe('');
  });
});
