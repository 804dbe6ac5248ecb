import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { commandEntries } from '../../src/cli/commands.js';
import { runCommandLine } from '../../src/cli/main.js';
import { memoryTerminal } from './memory-terminal.js';

const folder = mkdtempSync(path.join(tmpdir(), 'maops-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(words: readonly string[], options: { readonly stdin?: string } = {}) {
  const terminal = memoryTerminal(options);
  const code = await runCommandLine(words, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('help', () => {
  test.each(commandEntries.map((entry) => [[entry.group, entry.verb].filter((word) => word !== null).join(' ')]))(
    'of `maops %s` has an example and --json, and exits 0',
    async (command) => {
      const { code, out, err } = await run([...command.split(' '), '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/Examples?:\n {2}\$ (maops|npx maops) /);
      expect(out).toContain('--json');
    },
  );

  test('`help env create` prints the same as `env create --help`', async () => {
    const [before, after] = [await run(['help', 'env', 'create']), await run(['env', 'create', '--help'])];
    expect(before).toEqual(after);
    expect(before.out).toContain('--dry-run');
  });

  test('of a group lists its verbs', async () => {
    const { code, out } = await run(['help', 'env']);
    expect(code).toBe(0);
    expect(out).toContain('teardown');
  });

  test('--version prints the version of the package alone', async () => {
    const { version } = JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    for (const flag of ['--version', '-V'])
      expect(await run([flag])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('lists every group and role', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const { group, verb } of commandEntries) expect(out).toContain(group ?? verb);
  });

  test('explains the exit codes', async () => {
    const { code, out } = await run(['help', 'exit-codes']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}8 {4}\S/m);
  });
});

describe('invalid usage exits 2 with the problem on stderr and no result', () => {
  test.each([
    ['an unknown command', ['env', 'frobnicate'], 'unknown command'],
    ['help of an unknown command', ['help', 'frobnicate'], "unknown command 'frobnicate'"],
    ['help of an unknown verb', ['help', 'env', 'frobnicate'], "unknown command 'frobnicate'"],
    ['an unknown option', ['env', 'list', '--frob'], '--frob'],
    ['a missing name', ['env', 'show'], "missing required argument 'name'"],
    ['a missing reason', ['env', 'pause', 'team-a'], '--reason'],
    ['a blank reason', ['env', 'pause', 'team-a', '--reason', ' '], "option '--reason <text>'"],
    ['too long a reason', ['env', 'pause', 'x', '--reason', 'x'.repeat(200_000)], '200000 characters'],
    ['too long a key', ['env', 'pause', 'x', '--reason', 'x', '--key', 'x'.repeat(101)], '101 characters'],
    ['an extension without a time', ['env', 'extend', 'team-a', '--reason', 'x'], '--until'],
    [
      'an extension with two times',
      ['env', 'extend', 'a', '4h', '--until', '2026-12-01T08:00:00Z', '--reason', 'x'],
      '--until',
    ],
    [
      'an extension without a zone',
      ['env', 'extend', 'a', '--until', '2026-12-01T08:00', '--reason', 'x'],
      '--until 2026-12-01T08:00:',
    ],
    ['a blank reason of an extension', ['env', 'extend', 'team-a', '4h', '--reason', ''], "option '--reason <text>'"],
    ['a blank reason of a change', ['env', 'protect', 'team-a', '--reason', ''], "option '--reason <text>'"],
    ['a blank reason of an answer', ['env', 'resolve', 'a', 'skip', '--reason', ''], "option '--reason <text>'"],
    ['a blank reason for a schedule', ['schedule', 'pause', 'nightly', '--reason', ''], "option '--reason <text>'"],
    ['a blank reason of a teardown', ['env', 'teardown', 'team-a', '--reason', ' '], "option '--reason <text>'"],
    ['a blank reason of a sweep', ['sweep', 'plan', '--reason', ' '], "option '--reason <text>'"],
    ['a blank reason of a delete', ['pool', 'delete', 'team-a', '--reason', ' '], "option '--reason <text>'"],
    ['a blank reason of an adoption', ['audit', 'adopt', 'team-a', '--reason', ' '], "option '--reason <text>'"],
    ['an extension by 0', ['env', 'extend', 'team-a', '0s', '--reason', 'x'], 'extend 0s:'],
    ['an unknown verb', ['env', 'resolve', 'team-a', 'explode', '--reason', 'x'], 'retry, rollback, abandon, skip'],
    [
      'a change without a value',
      ['env', 'resolve', 'team-a', 'retry', '--set', 'pool.count', '--reason', 'x'],
      'path=value',
    ],
    ['a state file in a missing directory', ['simulator', '--state', 'missing/state.json'], 'missing'],
    ['a database file in a missing directory', ['dev', '--db', 'missing/dev.db'], 'missing'],
    ['an unknown phase', ['env', 'list', '--phase', 'Sleeping'], 'AwaitingPool'],
    ['a bare number as duration', ['env', 'watch', 'team-a', '--timeout', '90'], '--timeout 90:'],
    ['both ways of waiting', ['env', 'create', '-f', '-', '--wait', '--watch'], '--wait and --watch'],
    ['a time limit without a wait', ['env', 'create', '-f', '-', '--timeout', '5m'], '--wait or --watch'],
    ['a missing spec file', ['env', 'create', '-f', 'missing.yaml'], 'missing.yaml'],
  ])('%s', async (_case, words, message) => {
    const { code, out, err } = await run(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(err.length).toBeLessThan(1_000);
  });
});

test('a UI port in use is refused before a server is started', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? `${address.port}` : '';
  const { code, out, err } = await run(['dev', '--ui-port', port]);
  server.close();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`--ui-port ${port}`);
});

describe('a bad spec', () => {
  const text =
    'name: team-a\npool:\n  flavor: modelarts.vm.gpu.t4u8\n  netwrok: net-01\n  scope: [Train]\nnotebook: {}\n';

  test('is reported with file, line and the nearest key, and exits 2', async () => {
    const file = path.join(folder, 'team-a.yaml');
    writeFileSync(file, text);
    const { code, out, err } = await run(['env', 'create', '-f', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${file}:4:3 pool.netwrok: unknown key \`netwrok\`; did you mean \`network\`?`);
  });

  test('has its problems in the order of lines, and names the command for a spec of another kind', async () => {
    const file = path.join(folder, 'order.yaml');
    writeFileSync(file, text);
    const { err } = await run(['env', 'create', '-f', file]);
    const lines = [...err.matchAll(/:(\d+):\d+ /g)].map(([, line]) => Number(line));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    const other = await run(['env', 'create', '-f', 'examples/pool-only.yaml']);
    expect(other.code).toBe(2);
    expect(other.err).toContain('`maops pool create -f examples/pool-only.yaml`');
  });

  test('may be read from stdin', async () => {
    const { code, err } = await run(['env', 'create', '-f', '-'], { stdin: text });
    expect(code).toBe(2);
    expect(err).toContain('stdin:4:3 pool.netwrok');
  });
});

describe('a variable with quotes around its value', () => {
  const before = process.env;
  afterEach(() => {
    process.env = before;
  });

  test.each(['worker', 'simulator --port 0', 'env list', 'pool list', 'setup', 'dev', 'sweep plan'])(
    'is refused by name at the start of `maops %s`',
    async (command) => {
      process.env = { ...before, MODELARTS_PROJECT_ID: '"0123456789abcdef0123456789abcdef"', MAOPS_POLL_MAX: "'5s'" };
      const { code, out, err } = await run(command.split(' '));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('MODELARTS_PROJECT_ID has quotes');
      expect(err).toContain('MAOPS_POLL_MAX has quotes');
      expect(err).not.toContain('0123456789abcdef');
    },
  );
});

describe('input that is not UTF-8 is refused before it is sent', () => {
  test.each([
    ['env', 'create', '-f'],
    ['sweep', 'plan', '--rules'],
    ['schedule', 'create', 'nightly', '--cron', '@daily', '--sweep', '--rules'],
    ['schedule', 'create', 'nightly', '--cron', '@daily', '--provision'],
  ])('the file of %s %s %s', async (...words) => {
    const file = path.join(folder, 'latin1.yaml');
    writeFileSync(file, Buffer.from('name: team-a\n# für\n', 'latin1'));
    const { code, out, err } = await run([...words, file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${file}:2:4 the byte 0xFC is not UTF-8`);
  });

  test('an argument whose bytes Node.js has replaced', async () => {
    const { code, err } = await run(['env', 'pause', 'team-a', '--reason', 'f\ufffdr heute']);
    expect(code).toBe(2);
    expect(err).toContain('is not UTF-8');
  });
});
