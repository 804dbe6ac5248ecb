import { describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { simsForFile, type Work } from './conformance/sims-for-file.js';

const simWith = simsForFile();

const causeOf = async (result: Promise<unknown>): Promise<Error> => {
  const error = await result.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof WorkflowFailedError) || error.cause === undefined)
    throw new Error(`no failed workflow: ${String(error)}`);
  return error.cause;
};

describe('activities', () => {
  test('are tried again at the pace of their policy until one try works', async () => {
    const tries: number[] = [];
    const world = await simWith(async (input, { now }) => {
      tries.push(now());
      if (tries.length < 4) throw new Error('not yet');
      return input;
    });
    const start = world.now();
    await world.start('one', 'w', [
      { startToCloseTimeout: '1 s', retry: { initialInterval: '2 s', maximumInterval: '5 s' } },
    ]);
    expect(await world.result('w')).toBe('one');
    expect(tries.map((at) => at - start)).toEqual([0, 2000, 6000, 11_000]);
  });

  test('end with their last failure when the tries are used up, and at once when it cannot be retried', async () => {
    let tries = 0;
    const world = await simWith(async (input) => {
      tries += 1;
      throw input === 'one' && tries > 1 ? ApplicationFailure.nonRetryable('never', 'Never') : new Error('not yet');
    });
    await world.start('one', 'w', [{ startToCloseTimeout: '1 s' }]);
    const failure = await causeOf(world.result('w'));
    expect(failure).toMatchObject({
      message: 'Activity task failed',
      retryState: 'NON_RETRYABLE_FAILURE',
      cause: { type: 'Never' },
    });
    await world.start('one', 'x', [{ startToCloseTimeout: '1 s', retry: { maximumAttempts: 1 } }]);
    tries = 0;
    expect(await causeOf(world.result('x'))).toMatchObject({ retryState: 'MAXIMUM_ATTEMPTS_REACHED' });
  });

  test('follow the pause that a failure asks for', async () => {
    const tries: number[] = [];
    const world = await simWith(async (_, { now }) => {
      tries.push(now());
      if (tries.length < 2) throw ApplicationFailure.create({ message: 'wait', nextRetryDelay: '90 s' });
      return 'done';
    });
    await world.start('one', 'w', [{ startToCloseTimeout: '1 s' }]);
    await world.result('w');
    expect(tries[1]! - tries[0]!).toBe(90_000);
  });

  test('time out from start to close, and are told', async () => {
    const reasons: unknown[] = [];
    const world = await simWith(async (_, { sleep }) => {
      const { cancellationSignal } = Context.current();
      cancellationSignal.addEventListener('abort', () => reasons.push(cancellationSignal.reason.message));
      await sleep(3_600_000, cancellationSignal);
      return 'too late';
    });
    await world.start('one', 'w', [{ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 2 } }]);
    const start = world.now();
    expect(await causeOf(world.result('w'))).toMatchObject({ cause: { timeoutType: 'START_TO_CLOSE' } });
    expect(world.now() - start).toBe(121_000);
    await world.run();
    expect(reasons).toEqual(['TIMED_OUT', 'TIMED_OUT']);
  });

  test('keep their heartbeat details for the next try after the heartbeat time-out', async () => {
    const given: unknown[] = [];
    const world = await simWith(
      async (_, { sleep }) => {
        const { info, heartbeat } = Context.current();
        given.push(info.heartbeatDetails);
        heartbeat('half way');
        if (info.attempt === 1) await sleep(3_600_000);
        return 'done';
      },
      { autoHeartbeatMs: null },
    );
    const start = world.now();
    await world.start('one', 'w', [{ startToCloseTimeout: '1 day', heartbeatTimeout: '10 s' }]);
    expect(await world.result('w')).toBe('done');
    expect(given).toEqual([undefined, 'half way']);
    expect(world.now() - start).toBe(11_000);
  });
});

describe('cancelling an activity', () => {
  const long: Work = async (_, { sleep }) => {
    await sleep(600_000, Context.current().cancellationSignal);
    return 'finished';
  };
  test.each([
    ['TRY_CANCEL', 'ActivityFailure/CancelledFailure', 0],
    ['WAIT_CANCELLATION_COMPLETED', 'ActivityFailure/CancelledFailure', 5000],
    ['ABANDON', 'ActivityFailure/CancelledFailure', 0],
  ])('%s ends it as that type says', async (type, outcome, took) => {
    const world = await simWith(long);
    await world.start('cancelAndAwait', 'w', [type, 5000]);
    // The worker heartbeats after 2 s and then every 8 s (80 % of the time-out): a cancel at 5 s is heard at 10 s.
    expect(await world.result('w')).toEqual([outcome, took]);
  });
});

describe('messages', () => {
  test('signals, queries, updates and their validators work as on a server', async () => {
    const world = await simWith(async (input) => input);
    await world.start('steered', 'w', []);
    await world.run({ maxTime: 10_000 });
    expect(await world.query('w', 'state')).toBe('idle');
    await expect(world.update('w', 'set', '')).rejects.toMatchObject({ cause: { message: 'nothing to set' } });
    expect(await world.update('w', 'set', 'busy')).toBe('busy!');
    expect(world.searchAttributes('w')).toEqual({ State: 'busy' });
    await world.signal('w', 'go', 'a');
    await world.signal('w', 'go', 'b');
    expect(await world.result('w')).toBe('a b');
    await expect(world.query('w', 'unknown')).rejects.toThrow('did not register a handler');
    await expect(world.signal('w', 'go', 'c')).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
    await world.verifyReplays();
  });

  test('a cancel lets the workflow clean up and ends it as cancelled', async () => {
    const cleaned: string[] = [];
    const world = await simWith(async (input) => {
      cleaned.push(input);
      return input;
    });
    await world.start('steered', 'w', []);
    await world.run({ maxTime: 10_000 });
    await world.cancel('w');
    expect(await causeOf(world.result('w'))).toBeInstanceOf(CancelledFailure);
    expect(cleaned).toEqual(['clean up']);
    expect(world.status('w')).toBe('CANCELLED');
  });

  test('an open id is joined, refused or replaced as asked, and lists tell what is open', async () => {
    const world = await simWith(async (input) => input);
    const { workflow } = world.client;
    await world.start('steered', 'w', []);
    await expect(world.start('steered', 'w', [])).rejects.toMatchObject({
      name: 'WorkflowExecutionAlreadyStartedError',
    });
    const again = await workflow.start('steered', {
      workflowId: 'w',
      taskQueue: 'q',
      args: [],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    expect(again.firstExecutionRunId).toBe(world.namespace.get('w').runId);
    const ids: string[] = [];
    for await (const { workflowId } of workflow.list({
      query: "ExecutionStatus = 'Running' AND WorkflowType = 'steered'",
    }))
      ids.push(workflowId);
    expect(ids).toEqual(['w']);
  });
});

describe('long runs', () => {
  test('continue as new under the same id, and the result is that of the last run', async () => {
    const world = await simWith(async (input) => input);
    await world.start('rounds', 'w', [3]);
    expect(await world.result('w')).toBe(3);
    expect(world.namespace.runs.map(({ status }) => status)).toEqual([
      'CONTINUED_AS_NEW',
      'CONTINUED_AS_NEW',
      'COMPLETED',
    ]);
    expect(world.now() - Date.UTC(2026, 0, 1)).toBe(180_000);
  });

  test('are told when to continue as new', async () => {
    const world = await simWith(async (input) => input, { suggestContinueAsNewAfter: 50 });
    await world.start('untilSuggested', 'w', []);
    expect(await world.result('w')).toBeLessThan(12);
  });
});
