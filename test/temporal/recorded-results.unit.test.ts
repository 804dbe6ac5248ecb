import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { defaultDataConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { readRecorded } from '../../src/temporal/recorded-results.js';

const payloads = (value: unknown): Payload[] => [defaultPayloadConverter.toPayload(value)];

const scheduled = (eventId: number, after: number, name = 'planPage') => ({
  eventId,
  activityTaskScheduledEventAttributes: { activityType: { name }, input: { payloads: payloads({ after }) } },
});

const completed = (scheduledEventId: number, value: string) => ({
  activityTaskCompletedEventAttributes: { scheduledEventId, result: { payloads: payloads(value) } },
});

async function recorded(events: readonly object[]): Promise<unknown[]> {
  const workflow = {
    options: { loadedDataConverter: defaultDataConverter },
    getHandle: () => ({ fetchHistory: async () => ({ events }) }),
  };
  return await readRecorded(
    workflow as unknown as Client['workflow'],
    { workflowId: 'sweep/x', runId: 'r' },
    'planPage',
  );
}

test('the results of one type of activity are read in the order of the calls', async () => {
  const other = [scheduled(3, 0, 'other'), completed(3, 'other')];
  expect(await recorded([scheduled(5, 0), completed(5, 'a'), ...other, scheduled(9, 4), completed(9, 'b')])).toEqual([
    'a',
    'b',
  ]);
});

test.each([
  ['before', [completed(5, 'cancelled'), completed(7, 'a')]],
  ['after', [completed(7, 'a'), completed(5, 'cancelled')]],
])('a cancelled call that completes %s its repetition does not count', async (_when, ends) => {
  const next = [scheduled(11, 4), completed(11, 'b')];
  expect(await recorded([scheduled(5, 0), scheduled(7, 0), ...ends, ...next])).toEqual(['a', 'b']);
});
