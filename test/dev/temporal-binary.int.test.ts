import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { installWithGo } from '../../src/dev/go-install.js';
import { downloadBySdk } from '../../src/dev/sdk-download.js';
import { binarySources } from '../../src/dev/temporal-binary.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';

const folder = mkdtempSync(path.join(tmpdir(), 'modelarts-ops-binary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

const silent = () => {};

describe('the source of a Temporal server', () => {
  test('is tried from the cheapest to the dearest', () => {
    const names = binarySources({ XDG_CACHE_HOME: '/c' }).map(({ name }) => name);
    expect(names).toEqual([
      'MAOPS_TEMPORAL_CLI',
      '`temporal` on PATH',
      'cached copy /c/modelarts-ops/temporal',
      'download by the Temporal SDK',
      'go install',
    ]);
  });

  test('can be the named program, one on the path, or the cached one', async () => {
    const named = program('named', 'exit 0');
    const onPath = program('bin/temporal', 'exit 0');
    const cached = program('cache/modelarts-ops/temporal', 'exit 0');
    const env = {
      MAOPS_TEMPORAL_CLI: named,
      PATH: `/nowhere:${path.dirname(onPath)}`,
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    };
    const found = await Promise.all(
      binarySources(env)
        .slice(0, 3)
        .map((source) => source.find(silent)),
    );
    expect(found).toEqual([named, onPath, cached]);
  });

  test('is a running server when there is one, and nothing is started', async () => {
    const env = { TEMPORAL_ADDRESS: 'temporal.example.com:7233', TEMPORAL_NAMESPACE: 'ml' };
    const server = await startTemporalServer({ env, onProgress: silent, sources: [] });
    expect(server).toMatchObject({ address: 'temporal.example.com:7233', namespace: 'ml', isOurs: false, uiUrl: null });
    await server.stop();
  });

  test('is reported with every failed way and what to install', async () => {
    const broken = program('broken', 'echo cannot open database >&2; exit 3');
    const sources = [
      { name: 'one way', find: async () => await Promise.reject(new Error('not set')) },
      { name: 'another', find: async () => broken },
    ];
    const start = startTemporalServer({ env: {}, onProgress: silent, sources });
    await expect(start).rejects.toThrow(/one way: not set\n.*another: .*its log: cannot open database/);
    await expect(start).rejects.toThrow(/install the Temporal CLI[^!]*install Go 1\.25[^!]*TEMPORAL_ADDRESS/);
  });
});

describe('building with Go', () => {
  const target = path.join(folder, 'built', 'temporal');
  const build = (go: string | null) => {
    const bin = path.dirname(go ?? path.join(folder, 'empty', 'go'));
    return installWithGo({ env: { PATH: `${bin}:/usr/bin:/bin` }, target, onProgress: silent });
  };

  test('reports that Go is missing', async () => {
    await expect(build(null)).rejects.toThrow('Go is not installed');
  });

  test('reports that Go is too old', async () => {
    await expect(build(program('old/go', 'echo go1.24.3'))).rejects.toThrow(/go1\.24\.3.*Go 1\.25/);
  });

  test('reports the error of Go', async () => {
    const go = program(
      'failing/go',
      '[ "$1" = env ] && echo go1.26.1 && exit; echo no route to the module proxy >&2; exit 1',
    );
    await expect(build(go)).rejects.toThrow('go install ended with 1: no route to the module proxy');
  });

  test('may be done by two processes at once', async () => {
    const go = program('good/go', '[ "$1" = env ] && echo go1.26.1 && exit; printf "#!/bin/sh" > "$GOBIN/temporal"');
    expect(await Promise.all([build(go), build(go)])).toEqual([target, target]);
  });
});

describe('downloading by the SDK', () => {
  test('fails soon without a network, with the reason', async () => {
    const env = { PATH: process.env.PATH, HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' };
    const target = path.join(folder, 'downloaded', 'temporal');
    await expect(downloadBySdk({ env, target, onProgress: silent })).rejects.toThrow(/\w/);
  }, 20_000);
});

describe('a stopped build', () => {
  test('ends, and no other source is tried', async () => {
    const go = program('slow/go', '[ "$1" = env ] && echo go1.26.1 && exit; exec sleep 1000');
    const told = new AbortController();
    const env = { PATH: `${path.dirname(go)}:/usr/bin:/bin` };
    const target = path.join(folder, 'slow-built', 'temporal');
    const onProgress = () => told.abort(new Error('told to stop'));
    const sources = [
      { name: 'a slow build', find: () => installWithGo({ env, target, onProgress, signal: told.signal }) },
      { name: 'never asked', find: () => Promise.reject(new Error('was asked')) },
    ];
    const start = startTemporalServer({ env: {}, onProgress: silent, sources, signal: told.signal });
    await expect(start).rejects.toThrow('told to stop');
  });
});
