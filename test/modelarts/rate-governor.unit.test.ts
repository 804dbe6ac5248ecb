import type { Priority } from '../../src/modelarts/call.js';
import { ModelArtsError } from '../../src/modelarts/errors.js';
import { createRateGovernor, endpointKey, type RateGovernor } from '../../src/modelarts/rate-governor.js';
import type { ThrottleReport } from '../../src/modelarts/throttle-blocks.js';
import { FakeClock } from './fake-clock.js';
import { connect, failureOf, fixture } from './fake-service.js';

const list = { operation: 'pools.list', method: 'GET', template: '/v2/{project_id}/pools' };
const create = { operation: 'pools.create', method: 'POST', template: '/v2/{project_id}/pools' };

function setUp(maxRps: number) {
  const clock = new FakeClock();
  const governor = createRateGovernor({ maxRps, now: clock.now, sleep: clock.sleep, random: () => 0.5 });
  return { clock, governor };
}

function ask(
  governor: RateGovernor,
  log: string[],
  name: string,
  priority: Priority = 'read',
  call = list,
  maxWaitMs = 60_000,
) {
  return governor.acquire({ ...call, priority, maxWaitMs }).then(
    () => log.push(name),
    (error: Error) => log.push(`${name}: ${error.message}`),
  );
}

function throttled(clock: FakeClock, change: Partial<ThrottleReport> = {}): ThrottleReport {
  const key = endpointKey(list);
  return { key, startedAt: clock.now(), status: 429, errorCode: 'ModelArts.6101', retryAfterMs: null, ...change };
}

describe('the rate limit', () => {
  test("sends one second's worth of calls at once, then one call per interval", async () => {
    const { clock, governor } = setUp(4);
    const log: string[] = [];
    for (let call = 0; call < 10; call += 1) void ask(governor, log, `${call}`);
    await clock.advance(0);
    expect(log).toHaveLength(4);
    await clock.advance(250);
    expect(log).toHaveLength(5);
    await clock.advance(750);
    expect(log).toHaveLength(8);
    await clock.advance(60_000);
    expect(log).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('is busy while several calls wait', async () => {
    const { clock, governor } = setUp(1);
    for (const name of ['a', 'b', 'c']) void ask(governor, [], name);
    expect(governor.isBusy).toBe(false);
    void ask(governor, [], 'd');
    expect(governor.isBusy).toBe(true);
    await clock.advance(1_000);
    expect(governor.isBusy).toBe(false);
  });

  test('a rate below one per second sends single calls', async () => {
    const { clock, governor } = setUp(0.5);
    const log: string[] = [];
    void ask(governor, log, 'a');
    void ask(governor, log, 'b');
    await clock.advance(1999);
    expect(log).toEqual(['a']);
    await clock.advance(2);
    expect(log).toEqual(['a', 'b']);
  });

  test('deletes are sent first, then creates, then reads', async () => {
    const { clock, governor } = setUp(1);
    const log: string[] = [];
    void ask(governor, log, 'first');
    void ask(governor, log, 'read');
    void ask(governor, log, 'create', 'create');
    void ask(governor, log, 'delete', 'delete');
    void ask(governor, log, 'create 2', 'create');
    await clock.advance(10_000);
    expect(log).toEqual(['first', 'delete', 'create', 'create 2', 'read']);
  });

  test('a call that cannot be sent in time fails unsent and states when to retry', async () => {
    const { clock, governor } = setUp(0.1);
    await governor.acquire({ ...create, priority: 'create' });
    const refused = failureOf(
      governor.acquire({
        ...create,
        priority: 'create',
        subject: 'pool a',
        maxWaitMs: 2000,
      }),
    );
    await clock.advance(2001);
    expect(await refused).toMatchObject({
      kind: 'throttled',
      notSent: true,
      outcomeUnknown: false,
      ...create,
      subject: 'pool a',
      retryAfterMs: expect.any(Number),
    });
  });

  test('an aborted call leaves the queue and throws the reason of its signal', async () => {
    const { clock, governor } = setUp(0.1);
    await governor.acquire({ ...list, priority: 'read' });
    const caller = new AbortController();
    const reason = new Error('cancelled');
    const refused = failureOf(governor.acquire({ ...list, priority: 'read', signal: caller.signal }));
    caller.abort(reason);
    expect(await refused).toBe(reason);
    const log: string[] = [];
    void ask(governor, log, 'c');
    await clock.advance(10_001);
    expect(log).toEqual(['c']);
  });
});

describe('a throttled endpoint', () => {
  test('is paused until Retry-After has passed, and no other endpoint is', async () => {
    const { clock, governor } = setUp(100);
    governor.report(throttled(clock, { retryAfterMs: 5000 }));
    const log: string[] = [];
    void ask(governor, log, 'blocked');
    void ask(governor, log, 'other', 'create', create);
    await clock.advance(4999);
    expect(log).toEqual(['other']);
    expect(governor.blockedUntil(endpointKey(list))).toBe(clock.now() + 1);
    expect(governor.blockedUntil(endpointKey(create))).toBeNull();
    await clock.advance(1);
    expect(log).toEqual(['other', 'blocked']);
  });

  test('every endpoint is paused when the gateway throttles', async () => {
    for (const errorCode of ['APIGW.0308', 'APIG.0308']) {
      const { clock, governor } = setUp(100);
      governor.report(throttled(clock, { errorCode, retryAfterMs: 3000 }));
      expect(governor.blockedUntil(endpointKey(create))).toBe(clock.now() + 3000);
    }
  });

  test('fails a call at once when the pause exceeds its maxWaitMs', async () => {
    const { clock, governor } = setUp(100);
    governor.report(throttled(clock, { retryAfterMs: 5000 }));
    const refused = governor.acquire({ ...list, priority: 'read', maxWaitMs: 2000 });
    const throttledUntil = clock.now() + 5000;
    expect(await failureOf(refused)).toMatchObject({
      kind: 'throttled',
      notSent: true,
      retryAfterMs: 5000,
      throttledUntil,
    });
  });

  test('a pause requested by the service differs from one that this process chose', async () => {
    const { clock, governor } = setUp(1);
    const refused = (call: typeof list) => failureOf(governor.acquire({ ...call, priority: 'read', maxWaitMs: 100 }));
    governor.report(throttled(clock, { retryAfterMs: 5000 }));
    expect(await refused(list)).toMatchObject({ isOwnPause: false });
    governor.report({ ...throttled(clock), key: endpointKey(create) });
    expect(await refused(create)).toMatchObject({ isOwnPause: true, retryAfterMs: 2000 });
    const other = { ...list, template: '/other' };
    await ask(governor, [], 'takes the only token', 'read', other);
    const late = refused(other);
    await clock.advance(100);
    expect(await late).toMatchObject({ isOwnPause: true });
  });

  test('backs off exponentially without a stated wait, and starts over after a success', async () => {
    const { clock, governor } = setUp(100);
    const pauses: number[] = [];
    for (let refusal = 0; refusal < 7; refusal += 1) {
      governor.report(throttled(clock));
      const until = governor.blockedUntil(endpointKey(list)) ?? 0;
      pauses.push(until - clock.now());
      await clock.advance(until - clock.now());
    }
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    governor.report(throttled(clock, { status: 200, errorCode: null }));
    governor.report(throttled(clock));
    expect((governor.blockedUntil(endpointKey(list)) ?? 0) - clock.now()).toBe(2000);
  });

  test('counts concurrent 429 responses once', async () => {
    const { clock, governor } = setUp(100);
    const startedAt = clock.now();
    await clock.advance(50);
    for (let call = 0; call < 20; call += 1) governor.report(throttled(clock, { startedAt }));
    expect((governor.blockedUntil(endpointKey(list)) ?? 0) - clock.now()).toBe(2000);
  });

  test('a shorter wait does not shorten a longer one', async () => {
    const { clock, governor } = setUp(100);
    governor.report(throttled(clock, { retryAfterMs: 9000 }));
    governor.report(throttled(clock, { retryAfterMs: 1000 }));
    expect(governor.blockedUntil(endpointKey(list))).toBe(clock.now() + 9000);
  });
});

describe('the client under the governor', () => {
  test('a create is not sent while its endpoint pauses for more than two seconds', async () => {
    const clock = new FakeClock();
    const reply = { status: 429, headers: { 'Retry-After': '30' }, body: { error_code: 'APIGW.0308' } };
    const { modelarts, seen } = connect(() => reply, { now: clock.now, sleep: clock.sleep });
    await expect(modelarts.pools.list()).rejects.toMatchObject({
      kind: 'throttled',
      notSent: false,
      retryAfterMs: 30_000,
    });
    const notebook = { name: 'n', profile_id: 'p', flavor: 'f', spec: { storage: { type: 'evs' as const } } };
    await expect(modelarts.notebooks.create(notebook)).rejects.toMatchObject({
      kind: 'throttled',
      notSent: true,
      retryAfterMs: 30_000,
    });
    expect(seen).toHaveLength(1);
  });

  test('a create waits its turn for 30 seconds, and for 2 where names repeat', async () => {
    const clock = new FakeClock();
    const { modelarts } = connect(() => ({ body: { items: [] } }), {
      now: clock.now,
      sleep: clock.sleep,
      maxRps: 0.05,
    });
    await modelarts.pools.list();
    const outcomes: string[] = [];
    const record = (name: string, call: Promise<unknown>) =>
      void call.then(
        () => outcomes.push(`${name} sent`),
        (error: unknown) => outcomes.push(`${name}: ${error instanceof ModelArtsError ? error.kind : String(error)}`),
      );
    const notebook = { name: 'n', profile_id: 'p', flavor: 'f', spec: { storage: { type: 'evs' as const } } };
    record('unique', modelarts.notebooks.create(notebook));
    record('repeating', modelarts.currentNotebooks.create(fixture('current-notebook-create.request')));
    expect(modelarts.governor.isBusy).toBe(false);
    await clock.advance(2_000);
    expect(outcomes).toEqual(['repeating: throttled']);
    await clock.advance(18_000);
    // It was sent: the answer of the service is no notebook.
    expect(outcomes).toEqual(['repeating: throttled', 'unique: malformed']);
  });

  test('calls go out again as soon as the block has ended', async () => {
    const clock = new FakeClock();
    const { modelarts, seen } = connect(
      (_, index) => (index === 0 ? { status: 429, headers: { 'retry-after': '8' } } : { body: { items: [] } }),
      {
        now: clock.now,
        sleep: clock.sleep,
      },
    );
    await failureOf(modelarts.pools.list());
    const waiting = modelarts.pools.list();
    await clock.advance(7999);
    expect(seen).toHaveLength(1);
    await clock.advance(1);
    await expect(waiting).resolves.toMatchObject({ items: [] });
  });
});

test('a changed rate holds for calls that wait already, and the burst shrinks with it', async () => {
  const { clock, governor } = setUp(4);
  const log: string[] = [];
  governor.setRate(1);
  for (let call = 0; call < 5; call += 1) void ask(governor, log, `${call}`);
  await clock.advance(0);
  expect(log).toHaveLength(1);
  await clock.advance(1_000);
  expect(log).toHaveLength(2);
  governor.setRate(100);
  await clock.advance(100);
  expect(log).toHaveLength(5);
  expect(() => governor.setRate(0)).toThrow(RangeError);
});
