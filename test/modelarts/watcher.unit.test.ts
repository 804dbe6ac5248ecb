import { AsyncLocalStorage } from 'node:async_hooks';
import { ModelArtsError } from '../../src/modelarts/errors.js';
import type { Observation } from '../../src/modelarts/subscribers.js';
import type { WatcherOptions } from '../../src/modelarts/watch-loop.js';
import { createWatcher, type Target, type Watcher } from '../../src/modelarts/watcher.js';
import { FakeClock, flushPromises } from './fake-clock.js';

const pace = { pollMinMs: 1000, pollMaxMs: 10_000 };
const throttledFacts = { kind: 'throttled', operation: 'x', method: 'GET', template: '/x' } as const;
const throttled = new ModelArtsError('slow down', { ...throttledFacts, retryAfterMs: 25_000 });

function setUp(options: Partial<WatcherOptions<string>> = {}) {
  const clock = new FakeClock();
  const items = new Map<string, string>([['a', 'Creating']]);
  const lists: number[] = [];
  const shows: string[] = [];
  const watcher = createWatcher<string>({
    list: async () => {
      lists.push(clock.now());
      return new Map(items);
    },
    show: async (id) => {
      shows.push(id);
      return null;
    },
    fingerprint: (item) => item,
    pace,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    ...options,
  });
  return { clock, items, lists, shows, watcher };
}

function watch<Item>(watcher: Watcher<Item>, target: Target | string) {
  const seen: Observation<Item>[] = [];
  const stop = watcher.subscribe(target, (observation) => seen.push(observation));
  return { seen, stop };
}

test('one list call serves a hundred subscribers', async () => {
  const { clock, items, lists, shows, watcher } = setUp();
  const ids = Array.from({ length: 100 }, (_, n) => `pool-${n}`);
  for (const id of ids) items.set(id, 'Creating');
  const waiters = ids.map((id) => watch(watcher, id));
  await clock.advance(0);
  expect(lists).toHaveLength(1);
  expect(shows).toEqual([]);
  for (const { seen } of waiters) expect(seen).toEqual([{ at: clock.now(), item: 'Creating' }]);
});

test('a row that cannot be read fails only those who wait for it', async () => {
  const malformed = new ModelArtsError('bad row', { ...throttledFacts, kind: 'malformed' });
  const { clock, watcher } = setUp({
    list: async () => ({
      has: () => true,
      get: (id) => {
        if (id === 'bad') throw malformed;
        return 'Creating';
      },
    }),
  });
  const before = watch(watcher, 'a');
  const bad = watch(watcher, 'bad');
  const after = watch(watcher, 'b');
  await clock.advance(0);
  expect([before, bad, after].map(({ seen }) => seen)).toEqual([
    [{ at: clock.now(), item: 'Creating' }],
    [{ at: clock.now(), error: malformed }],
    [{ at: clock.now(), item: 'Creating' }],
  ]);
});

test('the interval grows to its maximum while nothing changes, and is short after a change', async () => {
  const { clock, items, lists, watcher } = setUp();
  watch(watcher, 'a');
  await clock.advance(120_000);
  const gaps = lists.slice(1).map((at, index) => at - (lists[index] ?? 0));
  expect(gaps[0]).toBe(1500);
  expect(gaps.at(-1)).toBe(10_000);
  expect([...gaps].sort((left, right) => left - right)).toEqual(gaps);

  items.set('a', 'Running');
  const before = lists.length;
  await clock.advance(10_000);
  const changedAt = lists[before] ?? 0;
  await clock.advance(2000);
  expect((lists[before + 1] ?? 0) - changedAt).toBe(1000);
});

test('the interval is short near an expected change', async () => {
  const { clock, lists, watcher } = setUp();
  const changeExpectedAt = clock.now() + 61_000;
  watch(watcher, { id: 'a', changeExpectedAt });
  await clock.advance(90_000);
  const near = lists.filter((at) => at >= changeExpectedAt - 1000 && at <= changeExpectedAt + 20_000);
  expect(near.length).toBeGreaterThanOrEqual(20);
  const early = lists.filter((at) => at < changeExpectedAt - 1000);
  expect(early.length).toBeLessThan(15);
});

test('a subscriber may ask for its own times, and one with a shorter pause counts', async () => {
  const { clock, lists, watcher } = setUp();
  const start = clock.now();
  watch(watcher, { id: 'a', nextPollAt: (polledAt) => Math.max(polledAt, start) + 4_000 });
  await clock.advance(12_000);
  expect(lists.map((at) => at - start)).toEqual([4_000, 8_000, 12_000]);
  watch(watcher, { id: 'b', nextPollAt: (polledAt) => polledAt + 10 });
  await clock.advance(3_000);
  expect(lists.map((at) => at - start)).toEqual([4_000, 8_000, 12_000, 13_000, 14_000, 15_000]);
});

test('a new subscriber is served as soon as pollMin allows, and one with a recent observation at the usual time', async () => {
  const { clock, lists, watcher } = setUp();
  watch(watcher, 'a');
  await clock.advance(100_000);
  const rest = lists.length;
  const lastLook = lists.at(-1) ?? 0;
  watch(watcher, { id: 'a', lastSeenAt: lastLook });
  await flushPromises();
  expect(lists).toHaveLength(rest);
  await clock.advance(500);
  watch(watcher, 'a');
  await clock.advance(1000);
  expect(lists).toHaveLength(rest + 1);
});

test('a resource that is missing from the list is read by id', async () => {
  const { clock, watcher } = setUp({ show: async (id) => (id === 'failed' ? 'CreationFailed' : null) });
  const failed = watch(watcher, 'failed');
  const gone = watch(watcher, 'gone');
  await clock.advance(0);
  expect(failed.seen).toEqual([{ at: clock.now(), item: 'CreationFailed' }]);
  expect(gone.seen).toEqual([{ at: clock.now(), item: null }]);
});

test('an error is passed on, never ends the polling and never means absence', async () => {
  let broken = true;
  const failure = new Error('HTTP 502');
  const { clock, watcher } = setUp({
    list: async () => {
      if (broken) throw failure;
      return new Map([['a', 'Running']]);
    },
  });
  const { seen } = watch(watcher, 'a');
  await clock.advance(0);
  expect(seen).toEqual([{ at: clock.now(), error: failure }]);
  broken = false;
  await clock.advance(5000);
  expect(seen.at(-1)).toMatchObject({ item: 'Running' });
});

test('a failed read by id is passed to its own subscribers only', async () => {
  const { clock, watcher } = setUp({
    show: async () => {
      throw new Error('HTTP 500');
    },
  });
  const listed = watch(watcher, 'a');
  const hidden = watch(watcher, 'b');
  await clock.advance(0);
  expect(listed.seen[0]?.item).toBe('Creating');
  expect(hidden.seen[0]?.error?.message).toBe('HTTP 500');
});

test('Retry-After delays every workspace', async () => {
  let refuse = true;
  const calls: { workspace: string | undefined; at: number }[] = [];
  const { clock, watcher } = setUp({
    list: async (workspace) => {
      calls.push({ workspace, at: clock.now() });
      if (refuse) throw throttled;
      return new Map();
    },
  });
  const start = clock.now();
  watch(watcher, { id: 'a', workspaceId: '1' });
  await clock.advance(0);
  watch(watcher, { id: 'b', workspaceId: '2' });
  refuse = false;
  await clock.advance(24_999);
  expect(calls).toEqual([{ workspace: '1', at: start }]);
  await clock.advance(2001);
  expect(new Set(calls.slice(1, 3).map(({ workspace }) => workspace))).toEqual(new Set(['1', '2']));
});

test('a pause requested during a poll also covers the rest of the poll', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `pool-${index}`);
  const shown: string[] = [];
  const { clock, watcher } = setUp({
    show: async (id) => {
      shown.push(id);
      throw throttled;
    },
  });
  const watched = ids.map((id) => watch(watcher, id));
  const throttledUntil = clock.now() + 25_000;
  await clock.advance(0);
  expect(shown.length).toBeLessThan(ids.length);
  expect(watched.at(-1)?.seen[0]?.error).toMatchObject({ kind: 'throttled', notSent: true, throttledUntil });
});

test('a postponed poll is repeated within two seconds after the pause, and not before it ends', async () => {
  const calls: number[] = [];
  const retryAfters = [25_000, 1_000, 0, 7_000];
  const { clock, watcher } = setUp({
    list: async () => {
      calls.push(clock.now());
      const retryAfterMs = retryAfters[calls.length - 21];
      if (retryAfterMs !== undefined) throw new ModelArtsError('busy', { ...throttledFacts, retryAfterMs });
      return new Map([['a', 'same']]);
    },
  });
  watch(watcher, 'a');
  await clock.advance(20 * 60_000);
  const late = calls.slice(20).map((at, index) => at - (calls[index + 19] ?? 0));
  expect(late[0]).toBeGreaterThanOrEqual(pace.pollMaxMs);
  retryAfters.forEach((retryAfterMs, index) => {
    expect(late[index + 1]).toBeGreaterThanOrEqual(retryAfterMs);
    expect(late[index + 1]).toBeLessThanOrEqual(retryAfterMs + 2000);
  });
  expect(late[retryAfters.length + 1]).toBeGreaterThanOrEqual(pace.pollMinMs);
});

test('each workspace has its own list', async () => {
  const asked: (string | undefined)[] = [];
  const { clock, watcher } = setUp({
    list: async (workspace) => {
      asked.push(workspace);
      return new Map([['a', `in ${workspace ?? 'default'}`]]);
    },
  });
  const here = watch(watcher, 'a');
  const there = watch(watcher, { id: 'a', workspaceId: 'w' });
  await clock.advance(0);
  expect(asked).toEqual([undefined, 'w']);
  expect(here.seen[0]?.item).toBe('in default');
  expect(there.seen[0]?.item).toBe('in w');
});

test('polling stops without subscribers and starts again with the next one', async () => {
  const { clock, lists, watcher } = setUp();
  const first = watch(watcher, 'a');
  await clock.advance(0);
  first.stop();
  await clock.advance(60_000);
  expect(lists).toHaveLength(1);
  const second = watch(watcher, 'a');
  await clock.advance(0);
  expect(lists).toHaveLength(2);
  expect(first.seen).toHaveLength(1);
  expect(second.seen).toHaveLength(1);
});

test('subscribing repeatedly does not make polls more frequent than pollMin', async () => {
  const { clock, lists, watcher } = setUp();
  for (let round = 0; round < 19; round += 1) {
    const { stop } = watch(watcher, 'a');
    await clock.advance(50);
    stop();
  }
  expect(lists).toHaveLength(1);
});

test('a listener that throws does not affect the others', async () => {
  const { clock, watcher } = setUp();
  watcher.subscribe('a', () => {
    throw new Error('mine');
  });
  const { seen } = watch(watcher, 'a');
  await clock.advance(20_000);
  expect(seen.length).toBeGreaterThan(3);
});

test('closing ends polling, also during a call', async () => {
  const ending = new AbortController();
  const { clock, lists, watcher } = setUp({ signal: ending.signal });
  const { seen } = watch(watcher, 'a');
  await clock.advance(0);
  ending.abort();
  await clock.advance(60_000);
  expect(lists).toHaveLength(1);
  watcher.subscribe('a', () => undefined);
  await clock.advance(60_000);
  expect(lists).toHaveLength(1);
  expect(seen).toHaveLength(1);
});

test('polls run in the async context of the watcher, and listeners in that of their subscription', async () => {
  const storage = new AsyncLocalStorage<string>();
  const contexts: (string | undefined)[] = [];
  const listenerContexts: (string | undefined)[] = [];
  const { clock, watcher } = storage.run('worker', () =>
    setUp({
      list: async () => {
        contexts.push(storage.getStore());
        return new Map([['a', 'x']]);
      },
    }),
  );
  storage.run('activity 1', () => watcher.subscribe('a', () => listenerContexts.push(storage.getStore())));
  await clock.advance(0);
  storage.run('activity 2', () => watcher.subscribe('a', () => listenerContexts.push(storage.getStore())));
  await clock.advance(1000);
  expect(contexts).toEqual(['worker', 'worker']);
  expect(listenerContexts).toEqual(['activity 1', 'activity 1', 'activity 2']);
});
