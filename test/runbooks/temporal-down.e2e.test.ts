import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from '@jest/globals';
import { freePort } from '../../src/dev/free-port.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { until } from '../support/until.js';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'runs with a notebook of the %s API and workers survive a restart of the server',
  async (_api, notebook) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'maops-runbook-'));
    const { TEMPORAL_ADDRESS: _, ...env } = process.env;
    const port = await freePort();
    const server = await startTemporalServer({
      env,
      port,
      dbFile: path.join(folder, 'temporal.db'),
      onProgress: () => {},
    });
    try {
      await runRunbook('temporal-down', { folder, temporal: server }, async (on) => {
        await on.worker();
        on.simulator.clock.setSpeed(1);
        await on.start({ notebook });
        await on.until(({ phase }) => phase === 'AwaitingPool');
        await server.stop();
        await on.run('Diagnose');
        await on.run('Act: Start it again');
        await until('the worker is back', async () => {
          const queue = { namespace: server.namespace, taskQueue: { name: 'modelarts-ops' } };
          const { pollers } = await on.client.workflowService.describeTaskQueue(queue).catch(() => ({ pollers: [] }));
          return (pollers ?? []).length > 0;
        });
        on.simulator.clock.setSpeed(120);
        await on.run('Verify');
      });
    } finally {
      await server.stop();
    }
  },
  pageMs,
);
