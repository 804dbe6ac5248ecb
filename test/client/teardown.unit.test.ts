import { describe, expect, test } from '@jest/globals';
import type { SignalDefinition } from '@temporalio/common';
import { exitCodeOf } from '../../src/cli/exit-codes.js';
import { OperationRefusedError, ProtectedError } from '../../src/client/errors.js';
import type { Operations } from '../../src/client/operations.js';
import type { RemovalItem, RemovalPlan } from '../../src/client/removal-plan.js';
import type { Progress } from '../../src/contract/progress.js';
import { FakeRuns, libraryOn, makeProgress, makeRun } from './fake-runs.js';

const commandOptions = { reason: 'x' };
const at = (second: number) => `2026-03-01T10:00:0${second}.000Z`;
const leased = (isProtected: boolean, observedAt: string): Progress => {
  const { pool, ...progress } = makeProgress({ workflowId: 'lease/team-a', phase: 'Leased' });
  return { ...progress, pool: pool && { ...pool, protected: isProtected, observedAt } };
};

/** A lease that observes again on request, unless it is unresponsive. */
class LeaseRuns extends FakeRuns {
  constructor(before: Progress, after: Progress | null) {
    const run = (progress: Progress) =>
      makeRun('lease/team-a', {
        phase: 'Leased',
        answers: { progress, releaseLease: { phase: 'Leased', lease: null } },
      });
    super(run(before));
    this.look = () => after !== null && this.runs.set('lease/team-a', run(after));
  }

  private readonly look: () => unknown;

  override async signal<Argument>(workflowId: string, signal: SignalDefinition<[Argument]>, argument: Argument) {
    await super.signal(workflowId, signal, argument);
    this.look();
  }
}

function operationsOn(runs: FakeRuns, plan: RemovalPlan | null = null): Operations {
  let now = 0;
  const pacer = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  return libraryOn(runs, { pacer, planRemoval: async () => plan });
}

const commandsSent = ({ sent }: FakeRuns) =>
  sent.filter(({ name }) => name !== 'announceCancel' && name !== 'refresh').map(({ kind }) => kind);

describe('a release checks the protection', () => {
  test('and is refused when the lease observes a protection', async () => {
    const runs = new LeaseRuns(leased(false, at(1)), leased(true, at(2)));
    const refused = operationsOn(runs).release('team-a', commandOptions);
    await expect(refused).rejects.toMatchObject({ type: 'Protected' });
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProtectedError);
    expect(exitCodeOf(error)).toBe(1);
    expect(commandsSent(runs)).toEqual([]);
  });

  test('and is sent when the protection was removed since the last observation', async () => {
    const runs = new LeaseRuns(leased(true, at(1)), leased(false, at(2)));
    await operationsOn(runs).release('team-a', commandOptions);
    expect(commandsSent(runs)).toEqual(['update']);
  });

  test('and is sent when the lease does not observe in time: the workflow decides', async () => {
    const runs = new LeaseRuns(leased(true, at(1)), null);
    await operationsOn(runs).release('team-a', commandOptions);
    expect(commandsSent(runs)).toEqual(['update']);
  });
});

describe('a teardown checks the protection', () => {
  const item: RemovalItem = {
    kind: 'pool',
    id: 'p-1',
    name: 'team-a',
    createdAt: at(0),
    marker: 'maops:000000-00000000-00000000',
    isProtected: true,
    reason: 'asked',
    environment: 'team-a',
    workspaceId: null,
    why: 'created by env/team-a',
    action: 'leave',
    rule: 'maops:keep',
    owner: 'env/team-a',
  };
  const plan = (change: Partial<RemovalPlan> = {}): RemovalPlan => ({
    hash: '0',
    items: [],
    unread: [],
    jobs: [],
    jobsUnread: [],
    ...change,
  });

  test('and is refused when its plan has a protected resource', async () => {
    const runs = new FakeRuns();
    const refused = operationsOn(runs, plan({ items: [item] })).teardown('team-a', commandOptions);
    await expect(refused).rejects.toBeInstanceOf(ProtectedError);
    expect(runs.sent).toEqual([]);
  });

  test('and is refused when the lease observes a protection, without settings for the service', async () => {
    const runs = new LeaseRuns(leased(false, at(1)), leased(true, at(2)));
    await expect(operationsOn(runs).teardown('team-a', commandOptions)).rejects.toBeInstanceOf(ProtectedError);
    expect(commandsSent(runs)).toEqual([]);
  });

  test('and joins an open one, whatever is protected', async () => {
    const runs = new FakeRuns(makeRun('teardown/team-a'));
    const joined = await operationsOn(runs, plan({ items: [item] })).teardown('team-a', commandOptions);
    expect(joined).toMatchObject({ runId: 'run of teardown/team-a', gone: null });
  });

  test('and joins one with a hash only if that runs with the same hash', async () => {
    const join = (planHash: string | undefined) => {
      const argument = { name: 'team-a', ...(planHash === undefined ? {} : { planHash }) };
      const runs = new FakeRuns(makeRun('teardown/team-a', { argument }));
      return operationsOn(runs, plan({ items: [item] })).teardown('team-a', commandOptions, 'abc');
    };
    expect(await join('abc')).toMatchObject({ runId: 'run of teardown/team-a' });
    await expect(join('def')).rejects.toBeInstanceOf(OperationRefusedError);
    await expect(join(undefined)).rejects.toBeInstanceOf(OperationRefusedError);
  });

  test('and starts no run for a name that never existed', async () => {
    const runs = new FakeRuns();
    const foreign = { ...item, owner: null, rule: 'not created under this name by this installation' };
    expect(await operationsOn(runs, plan({ items: [foreign] })).teardown('never', commandOptions)).toMatchObject({
      workflowId: 'teardown/never',
      runId: null,
      gone: { phase: 'Gone', percent: 100, name: 'never', failure: null, pool: null },
    });
    expect(runs.sent).toEqual([]);
  });

  test.each([
    ['Temporal knows the name', new FakeRuns(makeRun('env/team-a', { status: 'COMPLETED' })), plan()],
    ['not every list could be read', new FakeRuns(), plan({ unread: ['pools: HTTP 502'] })],
    ['something of ours is there', new FakeRuns(), plan({ items: [{ ...item, rule: null, action: 'delete' }] })],
    ['the service cannot be read from here', new FakeRuns(), null],
  ])('and starts a run when %s', async (_title, runs, seen) => {
    const started = await operationsOn(runs, seen).teardown('team-a', commandOptions);
    expect(started).toMatchObject({ workflowId: 'teardown/team-a', runId: 'a new run', gone: null });
  });
});
