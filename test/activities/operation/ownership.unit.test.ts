import { describe, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { ownershipActivities } from '../../../src/activities/operation/ownership.js';
import { phaseAttribute } from '../../../src/contract/search-attributes.js';
import type { Ownership } from '../../../src/domain/resource/inventory.js';
import { ownerHash } from '../../../src/spec/hash.js';

interface FakeRun {
  readonly status: 'RUNNING' | 'COMPLETED' | 'TERMINATED';
  readonly runId?: string;
  readonly phase?: string;
  /** What a lease answers to `owned`; without it, no query is answered. */
  readonly isRemovalPending?: boolean;
}

/** A Temporal in memory. Each entry of `moves` happens after that many describes: hand-overs during the read. */
interface World {
  readonly runs: Record<string, FakeRun>;
  readonly moves?: Readonly<Record<number, Record<string, FakeRun>>>;
  /** Ids in the list of workflows; null: the list cannot be had. */
  readonly listed?: readonly string[] | null;
  readonly silent?: (workflowId: string) => boolean;
}

function temporal({ runs, moves = {}, listed = [], silent = () => false }: World) {
  let described = 0;
  let lists = 0;
  const workflow = {
    withDeadline: async <T>(_deadline: number, call: () => Promise<T>) => await call(),
    getHandle: (workflowId: string) => ({
      describe: async () => {
        described += 1;
        if (silent(workflowId)) throw new Error('no answer');
        const run = runs[workflowId];
        Object.assign(runs, moves[described]);
        if (run === undefined) throw new WorkflowNotFoundError('none', workflowId, undefined);
        const attributes = run.phase === undefined ? [] : [{ key: phaseAttribute, value: run.phase }];
        return {
          runId: run.runId ?? workflowId,
          status: { name: run.status },
          closeTime: run.status === 'RUNNING' ? undefined : new Date('2026-01-01T00:00:00Z'),
          typedSearchAttributes: new TypedSearchAttributes(attributes),
        };
      },
      query: async ({ name }: { name: string }) => {
        const isRemovalPending = runs[workflowId]?.isRemovalPending;
        if (name !== 'owned' || isRemovalPending === undefined) throw new Error('no worker');
        return { isRemovalPending };
      },
    }),
    list: async function* () {
      lists += 1;
      if (listed === null) throw new Error('no list');
      yield* listed.map((workflowId) => ({ workflowId }));
    },
  };
  return { workflow, lists: () => lists, described: () => described };
}

async function read(world: World, names: readonly string[], owners = ['env/team-a']) {
  const { workflow, lists, described } = temporal(world);
  const deps = { temporal: { workflow }, now: () => 0, sleep: async () => undefined } as unknown as ActivityDeps;
  const activities = ownershipActivities(deps);
  const question = { owners: owners.map(ownerHash), names };
  const asked: Ownership[] = await new MockActivityEnvironment().run(() => activities.readOwnership(question));
  const [ownership] = asked;
  if (ownership === undefined) throw new Error('no ownership');
  return { ownership, ownerships: asked, lists: lists(), described: described() };
}

const open: FakeRun = { status: 'RUNNING', phase: 'Leased' };
const closed: FakeRun = { status: 'COMPLETED', phase: 'Ready' };

describe('asking Temporal who owns a resource', () => {
  test.each([
    ['Leased', undefined, false],
    ['DeletingPool', undefined, true],
    ['Paused', undefined, false],
    ['Paused', false, false],
    ['Paused', true, true],
  ])('says of a lease that is %s, with an end decided on: %s, whether it is removing: %s', async (phase, ends, is) => {
    const lease: FakeRun = { status: 'RUNNING', phase, ...(ends === undefined ? {} : { isRemovalPending: ends }) };
    const { ownership } = await read({ runs: { 'env/team-a': closed, 'lease/team-a': lease } }, ['team-a']);
    expect(ownership.isBeingRemoved).toBe(is);
  });

  test('takes the name from the resources and does not ask for the list of workflows', async () => {
    const { ownership, lists } = await read({ runs: { 'env/team-a': closed, 'lease/team-a': open } }, [
      'team-b',
      'team-a',
    ]);
    expect(ownership).toMatchObject({
      name: 'team-a',
      workflowId: 'env/team-a',
      open: ['lease/team-a'],
      answer: 'asked',
      phase: 'Leased',
      phaseSince: null,
      ended: { phase: 'Ready' },
    });
    expect(lists).toBe(0);
  });

  test('reads the list for a name only if needed, and reports what it cannot know', async () => {
    const runs = { 'env/team-a': closed };
    expect((await read({ runs, listed: ['env/x', 'lease/team-a'] }, ['other'])).ownership).toMatchObject({
      name: 'team-a',
      open: [],
      answer: 'asked',
    });
    expect((await read({ runs, listed: ['env/x'] }, [])).ownership).toMatchObject({ name: null, answer: 'asked' });
    expect((await read({ runs, listed: null }, [])).ownership).toMatchObject({ name: null, answer: 'unknown' });
  });

  test.each([
    [
      'from an operation to its lease',
      { 'env/team-a': { status: 'RUNNING' } },
      // After env/ was seen open and lease/ absent: the lease begins, the operation ends.
      { 4: { 'env/team-a': closed, 'lease/team-a': open } },
    ],
    [
      'from a teardown back to a lease that it has cancelled',
      { 'env/team-a': closed, 'lease/team-a': { ...closed, runId: 'old' }, 'teardown/team-a': open },
      // After lease/ was seen closed: the teardown gives back what is protected, and ends.
      { 4: { 'lease/team-a': { ...open, runId: 'new' }, 'teardown/team-a': { ...closed, phase: 'Failed' } } },
    ],
    [
      'from a lease to a teardown',
      { 'env/team-a': closed, 'lease/team-a': open },
      { 3: { 'lease/team-a': closed, 'teardown/team-a': open } },
    ],
  ] as const)('never misses the owner in a hand-over %s', async (_what, runs, moves) => {
    const { ownership } = await read({ runs: { ...runs }, moves }, ['team-a']);
    expect(ownership.answer).toBe('asked');
    expect(ownership.open).not.toEqual([]);
  });

  test('reports unknown for a resource whose owner keeps changing', async () => {
    const moves = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [index, { 'env/team-a': { ...closed, runId: String(index) } }]),
    );
    const { ownership } = await read({ runs: { 'env/team-a': closed }, moves }, ['team-a']);
    expect(ownership).toMatchObject({ open: [], answer: 'unknown' });
  });

  test('queries an unresponsive Temporal only a few times, whatever the number of names', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `team-${index}`);
    const { ownerships, described } = await read(
      { runs: {}, silent: () => true },
      names,
      names.map((name) => `env/${name}`),
    );
    expect(ownerships.every(({ answer }) => answer === 'unknown')).toBe(true);
    expect(ownerships).toHaveLength(200);
    expect(described).toBeLessThan(100);
  });

  test('loses only the name for which Temporal does not respond', async () => {
    const runs = { 'env/team-a': closed, 'env/team-b': closed, 'lease/team-b': open };
    const world = { runs, silent: (workflowId: string) => workflowId.endsWith('team-a') };
    const { ownerships } = await read(world, ['team-a', 'team-b'], ['env/team-a', 'env/team-b']);
    expect(ownerships).toMatchObject([{ answer: 'unknown' }, { answer: 'asked', open: ['lease/team-b'] }]);
  });

  test('distinguishes a terminated run from one that ended', async () => {
    const runs: Record<string, FakeRun> = { 'env/team-a': { status: 'TERMINATED', phase: 'AwaitingPool' } };
    expect((await read({ runs }, ['team-a'])).ownership.ended).toMatchObject({ phase: 'TERMINATED' });
  });
});
