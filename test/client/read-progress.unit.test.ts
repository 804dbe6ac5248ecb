import { describe, expect, test } from '@jest/globals';
import type { QueryDefinition } from '@temporalio/common';
import { ServerUnreachableError, WorkerUnreachableError } from '../../src/client/errors.js';
import { progressOf, progressOfEach } from '../../src/client/read-progress.js';
import { isUnanswered } from '../../src/client/unanswered.js';
import { type FakeRun, FakeRuns, makeProgress, makeRun } from './fake-runs.js';

const closed = new Date('2026-03-01T11:00:00Z');

async function progressNow(...[run]: [ReturnType<typeof makeRun>]) {
  return await progressOf(new FakeRuns(run), run);
}

describe('the progress of a run', () => {
  test('is read from a worker while it is open', async () => {
    const progress = makeProgress();
    expect(await progressNow(makeRun('env/team-a', { answers: { progress } }))).toEqual(progress);
  });

  test('is the result of a completed run, without a worker', async () => {
    const value = makeProgress({ phase: 'Ready', endedAt: closed.toISOString() });
    expect(
      await progressNow(
        makeRun('env/team-a', { status: 'COMPLETED', closedAt: closed, outcome: { value, failure: null } }),
      ),
    ).toEqual(value);
  });

  test('is the first detail of a failed run, without a worker', async () => {
    const detail = makeProgress({ phase: 'RolledBack', endedAt: closed.toISOString() });
    const outcome = { value: null, failure: { message: 'sold out', type: 'SoldOut', detail } };
    expect(await progressNow(makeRun('env/team-a', { status: 'FAILED', closedAt: closed, outcome }))).toEqual(detail);
  });

  test('has what Temporal stores, in the same shape, when no worker responds', async () => {
    const shown = await progressNow(makeRun('env/team-a', { phase: 'CreatingPool' }));
    expect(shown).toMatchObject({
      name: 'team-a',
      phase: 'CreatingPool',
      endedAt: null,
    });
    expect(isUnanswered(shown)).toBe(true);
    expect(Object.keys(shown).sort()).toEqual(Object.keys(makeProgress()).sort());
  });

  test('of a terminated run is Failed, with its last phase', async () => {
    const run = makeRun('env/team-a', {
      status: 'TERMINATED',
      closedAt: closed,
      answers: { progress: makeProgress() },
    });
    expect(await progressNow(run)).toMatchObject({
      phase: 'Failed',
      endedAt: closed.toISOString(),
      why: expect.stringContaining('terminated in Temporal while it was AwaitingPool'),
    });
  });

  test('of a terminated lease does not report that it is in use', async () => {
    const progress = makeProgress({ phase: 'Leased', why: 'team-a is in use; release it' });
    const run = makeRun('lease/team-a', { status: 'TERMINATED', closedAt: closed, answers: { progress } });
    expect(await progressNow(run)).toMatchObject({ phase: 'Failed', why: expect.not.stringContaining('in use') });
  });

  test('of a cancelled run is Cancelled also without a worker', async () => {
    expect(await progressNow(makeRun('env/team-a', { status: 'CANCELLED', closedAt: closed }))).toMatchObject({
      phase: 'Cancelled',
    });
  });

  test('is an error when Temporal is down', async () => {
    const run = makeRun('env/team-a');
    const runs = new FakeRuns(run);
    runs.query = () => Promise.reject(new ServerUnreachableError('localhost:7233'));
    await expect(progressOf(runs, run)).rejects.toThrow(ServerUnreachableError);
  });
});

describe('the progress of many runs', () => {
  const all = Array.from({ length: 9 }, (_, index) =>
    makeRun(`env/team-${index}`, { answers: { progress: makeProgress({ name: `team-${index}` }) } }),
  );

  /** Asks for all, two at a time, of workers that answer to some. */
  async function asked(answers: (index: number) => boolean, asks: readonly FakeRun[] = all) {
    const runs = new FakeRuns(...asks);
    const answer = runs.query.bind(runs);
    const questions: string[] = [];
    runs.query = async <T>(workflowId: string, runId: string, query: QueryDefinition<T>): Promise<T> => {
      questions.push(workflowId);
      if (!answers(Number(workflowId.at(-1)))) throw new WorkerUnreachableError('modelarts-ops');
      return await answer(workflowId, runId, query);
    };
    const told = await progressOfEach(runs, asks, 2);
    return { questions: questions.length, told };
  }

  test('keeps their order', async () => {
    const { told } = await asked(() => true);
    expect(told.map(({ name }) => name)).toEqual(all.map(({ environment }) => environment));
  });

  test('is queried for a few only when no worker responds', async () => {
    const { questions, told } = await asked(() => false);
    expect(questions).toBe(2);
    expect(told).toHaveLength(9);
    expect(told.every(isUnanswered)).toBe(true);
  });

  test('is read for closed runs all the same, which need no worker', async () => {
    const value = makeProgress({ phase: 'Ready', endedAt: closed.toISOString() });
    const outcome = { value, failure: null };
    const mixed = all.map((run, index) =>
      index % 2 === 1 ? makeRun(run.workflowId, { status: 'COMPLETED', closedAt: closed, outcome }) : run,
    );
    const { questions, told } = await asked(() => false, mixed);
    expect(questions).toBe(2);
    expect(told.map(({ phase }) => phase)).toEqual(
      mixed.map((_, index) => (index % 2 === 1 ? 'Ready' : 'AwaitingPool')),
    );
  });

  test('is queried for all when single runs do not respond', async () => {
    const { questions } = await asked((index) => index % 2 === 0);
    expect(questions).toBe(9);
  });
});
