import { describe, expect, test } from '@jest/globals';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { progressOf } from '../../src/client/standing.js';
import { FakeRuns, makeProgress, makeRun } from './fake-runs.js';

const closed = new Date('2026-03-01T11:00:00Z');

async function standing(...[run]: [ReturnType<typeof makeRun>]) {
  return await progressOf(new FakeRuns(run), run);
}

describe('where a run stands', () => {
  test('is what a worker answers while it is open', async () => {
    const progress = makeProgress();
    expect(await standing(makeRun('env/team-a', { answers: { progress } }))).toEqual(progress);
  });

  test('is the result of a completed run, without a worker', async () => {
    const value = makeProgress({ phase: 'Ready', endedAt: closed.toISOString() });
    expect(
      await standing(
        makeRun('env/team-a', { status: 'COMPLETED', closedAt: closed, outcome: { value, failure: null } }),
      ),
    ).toEqual(value);
  });

  test('is the first detail of a failed run, without a worker', async () => {
    const detail = makeProgress({ phase: 'RolledBack', endedAt: closed.toISOString() });
    const outcome = { value: null, failure: { message: 'sold out', type: 'SoldOut', detail } };
    expect(await standing(makeRun('env/team-a', { status: 'FAILED', closedAt: closed, outcome }))).toEqual(detail);
  });

  test('is told from what Temporal knows, in the same shape, when no worker answers', async () => {
    const shown = await standing(makeRun('env/team-a', { phase: 'CreatingPool' }));
    expect(shown).toMatchObject({
      name: 'team-a',
      phase: 'CreatingPool',
      endedAt: null,
      why: expect.stringContaining('no worker'),
    });
    expect(Object.keys(shown).sort()).toEqual(Object.keys(makeProgress()).sort());
  });

  test('of a terminated run is Failed, with what it was doing', async () => {
    const run = makeRun('env/team-a', {
      status: 'TERMINATED',
      closedAt: closed,
      answers: { progress: makeProgress() },
    });
    expect(await standing(run)).toMatchObject({
      phase: 'Failed',
      endedAt: closed.toISOString(),
      why: expect.stringContaining('terminated in Temporal while it was AwaitingPool'),
    });
  });

  test('of a cancelled run is Cancelled also when no worker is left to say so', async () => {
    expect(await standing(makeRun('env/team-a', { status: 'CANCELLED', closedAt: closed }))).toMatchObject({
      phase: 'Cancelled',
    });
  });

  test('is an error when Temporal is away', async () => {
    const run = makeRun('env/team-a');
    const runs = new FakeRuns(run);
    runs.query = () => Promise.reject(new ServerUnreachableError('localhost:7233'));
    await expect(progressOf(runs, run)).rejects.toThrow(ServerUnreachableError);
  });
});
