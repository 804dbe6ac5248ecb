import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { readInstallation } from '../../src/temporal/installation.js';
import { ensureSearchAttributes, missingSearchAttributes } from '../../src/worker/search-attributes.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(path.join(tmpdir(), 'modelarts-ops-db-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The environment of this test without the server of the whole run. */
function env(): Record<string, string | undefined> {
  return { ...process.env, TEMPORAL_ADDRESS: '' };
}

async function connected<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

describe('the embedded server', () => {
  test('has our search attributes and keeps closed runs for 30 days', async () => {
    const { address, namespace } = temporalAddress();
    await connected(address, async (connection) => {
      expect(await missingSearchAttributes(connection, namespace)).toEqual([]);
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60);
    });
  });

  test('serves its UI, keeps its data in a file and frees its address when stopped', async () => {
    const dbFile = path.join(folder, 'temporal.db');
    const start = () => startTemporalServer({ env: env(), onProgress: () => {}, uiPort: 0, dbFile });
    const first = await start();
    const installation = await connected(first.address, async (connection) => {
      const client = new Client({ connection });
      await client.workflow.start('nobodyRunsThis', { workflowId: 'env/kept', taskQueue: 'nobody-listens' });
      return await readInstallation(connection, 'default');
    });
    expect((await fetch(String(first.uiUrl))).status).toBe(200);
    await first.stop();
    await expect(Connection.connect({ address: first.address, connectTimeout: '1 s' })).rejects.toThrow();

    const second = await start();
    try {
      await connected(second.address, async (connection) => {
        const run = await new Client({ connection }).workflow.getHandle('env/kept').describe();
        expect(run.status.name).toBe('RUNNING');
        expect(await readInstallation(connection, 'default')).toBe(installation);
      });
    } finally {
      await second.stop();
    }
  });

  test('reports the purpose of a port in use', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const uiPort = typeof address === 'object' && address !== null ? address.port : 0;
    const sources = [{ name: 'a binary', find: async () => '/bin/false' }];
    await expect(startTemporalServer({ env: env(), onProgress: () => {}, uiPort, sources })).rejects.toThrow(
      `port ${uiPort} for the Temporal UI`,
    );
    busy.close();
  });
});

describe('a namespace', () => {
  const namespace = 'without-attributes';

  test('gets the search attributes that it lacks, once', async () => {
    await connected(temporalAddress().address, async (connection) => {
      await connection.workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs('1 day'),
      });
      const register = () => ensureSearchAttributes(connection, namespace);
      // The server takes a while until it knows a new namespace, and until it shows what was added to one.
      const added = await until('the namespace is known', () => register().catch(() => null));
      expect(added).toEqual(['MaopsEnvironment', 'MaopsPhase', 'MaopsPool', 'MaopsOverdue', 'MaopsLeaseEndsAt']);
      const missing = async () => await missingSearchAttributes(connection, namespace);
      await until('what was added is shown', async () => (await missing()).length === 0);
      expect(await register()).toEqual([]);
    });
  });

  test('has an installation id of 6 hex digits unless one is configured', async () => {
    const { address, namespace } = temporalAddress();
    await connected(address, async (connection) => {
      expect(await readInstallation(connection, namespace)).toMatch(/^[0-9a-f]{6}$/);
      expect(await readInstallation(connection, namespace, 'abc123')).toBe('abc123');
    });
  });
});

/** A process that starts a guarded child, prints its pid, and keeps running. */
const parentScript = `
import { spawn } from 'node:child_process';
import { guardChild } from '${path.resolve(__dirname, '../../src/dev/guard.ts')}';
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
guardChild(child);
process.stdout.write(String(child.pid));
setInterval(() => {}, 1_000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a guarded child', () => {
  test('ends when its parent is killed', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', parentScript], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until('the child has ended', () => !isAlive(pid));
  });
});
