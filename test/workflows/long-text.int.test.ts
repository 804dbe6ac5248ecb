import { expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { extendLeaseUpdate, pauseSignal, releaseLeaseUpdate, resumeSignal } from '../../src/contract/messages.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName } from './documents.js';

const stack = stackForFile();

const main = 'provisionPoolThenLaunchNotebook';
const emoji = (count: number) => '\u{1F600}'.repeat(count);
const longest = { by: emoji(100), reason: emoji(1_000) };

test('a lease survives every text that operators send, and ends at its release', async () => {
  const name = freshName();
  const lease = { ttl: '8h', max: '90d' };
  await (await stack().start(main, `env/${name}`, environmentDocument(name, { lease }))).result();
  const handle = stack().client.workflow.getHandle(`lease/${name}`);
  const huge = { by: 'op', reason: 'x'.repeat(190 * 1024), duration: '1m' };
  for (let times = 0; times < 11; times += 1)
    await expect(handle.executeUpdate(extendLeaseUpdate, { args: [huge] })).rejects.toThrow(WorkflowUpdateFailedError);
  // A signal cannot be refused, so it is cut.
  await handle.signal(pauseSignal, { by: 'op', reason: 'x'.repeat(1_900_000) });
  await handle.signal(resumeSignal, { by: 'op' });
  for (let times = 1; times <= 40; times += 1) {
    const answer = await handle.executeUpdate(extendLeaseUpdate, { args: [{ ...longest, duration: '1m' }] });
    expect(answer).toMatchObject({ workflowId: handle.workflowId, phase: 'Leased', lease: { extensions: times } });
  }
  expect(Buffer.byteLength(JSON.stringify(await stack().progress(handle.workflowId)))).toBeLessThan(128 * 1024);
  const release = { ...longest, key: 'the end' };
  await handle.executeUpdate(releaseLeaseUpdate, { args: [release] });
  expect(await handle.result()).toMatchObject({ phase: 'Gone' });
  const { pools, notebooks } = stack().simulator.state();
  expect({ pools, notebooks }).toEqual({ pools: [], notebooks: [] });
});

test('a run that is started with 1.9 MB ends with a short reason', async () => {
  const name = freshName();
  const document = environmentDocument(name, { comment: 'x'.repeat(1_900_000) });
  const handle = await stack().start(main, `env/${name}`, document);
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'InvalidSpec', message: expect.stringContaining('262144 bytes (256 KiB)') },
  });
  expect(await stack().progress(handle.workflowId)).toMatchObject({ phase: 'Failed', name });
});
