import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { maops } from '../support/maops.js';

/** A file that a process loaded. */
interface Script {
  readonly url: string;
}

/**
 * Runs a command line and returns its exit code with the packages of all files that it loaded, by their source maps.
 */
async function loadedBy(words: readonly string[]): Promise<{ code: number | string; packages: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'maops-start-'));
  // Node.js lists every loaded file in its coverage report.
  const code = await maops(words, { NODE_V8_COVERAGE: folder, TEMPORAL_ADDRESS: '127.0.0.1:1' }).ended;
  const reports = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  rmSync(folder, { recursive: true });
  const scripts = reports.flatMap((report) => (JSON.parse(report) as { result: Script[] }).result);
  const bundled = scripts
    .filter(({ url }) => /^file:.*\/dist\/bundle\//.test(url))
    .map(({ url }) => fileURLToPath(url));
  const sources = bundled.flatMap(
    (file) => (JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] }).sources,
  );
  const all = [...sources, ...scripts.map(({ url }) => url)];
  const names = all.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return { code, packages: [...new Set(names.filter((name) => name !== undefined))] };
}

const heavy = /^(zod|axios|yaml|fastify|pino|protobufjs|@grpc\/.*|@temporalio\/.*)$/;

describe('no schema, parser or client is loaded by', () => {
  test.each([
    ['the help', ['--help'], 0],
    ['the help of a command', ['env', 'list', '--help'], 0],
    ['the help of a role', ['help', 'worker'], 0],
    ['a completion script', ['completion', 'bash'], 0],
    ['a completion script as JSON', ['completion', 'zsh', '--json'], 0],
    ['a missing option', ['env', 'pause', 'team-a'], 2],
    ['an unknown command', ['env', 'lsit'], 2],
    ['a refused value', ['env', 'extend', 'team-a', '4x', '--reason', 'x'], 2],
    ['a refused combination', ['env', 'create', '-f', 'spec.yaml', '--wait', '--watch'], 2],
  ] as const)('%s', async (_title, words, expected) => {
    const { code, packages } = await loadedBy(words);
    expect({ code, heavy: packages.filter((name) => heavy.test(name)) }).toEqual({ code: expected, heavy: [] });
    // Otherwise the report would not show what was loaded.
    expect(packages).toContain('commander');
  });
});

test('a command that only calls Temporal loads neither the API client nor a schema', async () => {
  const { code, packages } = await loadedBy(['env', 'show', 'team-a', '--json']);
  expect(code).toBe(1);
  expect(packages).toContain('@temporalio/client');
  expect(packages.filter((name) => /^(zod|axios|yaml|@temporalio\/(worker|workflow|testing))$/.test(name))).toEqual([]);
});
