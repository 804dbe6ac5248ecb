import { expect, test } from '@jest/globals';
import type { OperationPattern } from '../../src/simulator/operations.js';
import { stacksForFile } from '../support/virtual/stacks-for-file.js';
import { documents, kinds, types, usable } from './made-alone.js';
import { name } from './stories.js';

const stackWith = stacksForFile();

test.each(kinds)('a pause ends the tries of a delete that is refused, and they go on after it: %s', async (kind) => {
  const operation: OperationPattern = kind === 'pool' ? 'pools.delete' : 'notebooks.delete';
  const faults = [{ operation, kind: 'status' as const, status: 503, times: 3 }];
  const { world, simulator, progress } = await stackWith({ simulator: { faults } });
  const workflowId = `${kind}/${name}`;
  const deletes = () => simulator.requests().filter((request) => request.operation === operation).length;
  await world.start(types[kind], workflowId, [documents[kind]]);
  await world.run({
    until: () => {
      const { pools, notebooks } = simulator.state();
      return kind === 'pool' ? pools[0]?.phase === usable.pool : notebooks[0]?.status === usable.notebook;
    },
  });
  await world.cancel(workflowId);
  await world.run({ until: () => deletes() === 1 });
  await world.signal(workflowId, 'pause', { by: 'ann', reason: 'look first' });
  await world.run({ maxTime: 3_600_000 });
  expect(deletes()).toBe(1);
  expect(await progress(workflowId)).toMatchObject({ phase: 'Paused', failure: null });
  await world.signal(workflowId, 'resume', { by: 'ann' });
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  expect(await progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
  simulator.faults.expectAllHit();
  await world.verifyReplays();
});
