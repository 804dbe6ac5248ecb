import { describe, expect, test } from '@jest/globals';
import { CreationPace } from '../../../src/activities/resource/creation-pace.js';
import { CreationTimes } from '../../../src/activities/resource/creation-times.js';
import { freshWatch } from '../../../src/domain/resource/observation.js';
import { poolRules } from '../../../src/domain/resource/pool.js';
import { poolFacts } from '../../domain/facts.js';

const pace = { pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000, abnormalGraceMs: 300_000 };
const goal = { nodes: { a: 2 }, scopes: ['Train'], driver: false };
const usable = poolFacts({ phase: 'Running', available: { a: 2 }, scopes: { Train: 'Enabled' } });
const creation = { like: 'pool: 2 x a', sentAt: 0 };
const waitIn = (times: CreationTimes, own: typeof creation | undefined = creation, watch = freshWatch) =>
  new CreationPace(times, own, pace, (facts) => poolRules.judge('p', facts, goal), poolRules, goal, watch);
const pending = poolFacts({ creating: { a: 2 } });

describe('the pace of a creation', () => {
  test('is learned by a wait that saw its end', () => {
    const times = new CreationTimes();
    const wait = waitIn(times);
    wait.add({ at: 55_000, facts: pending });
    wait.add({ at: 60_000, facts: usable });
    expect(times.expectation(creation.like)).toEqual({ fromMs: 55_000, toMs: 60_000 });
  });

  test('is not learned from a resource that was usable when the wait began, nor from an adopted one', () => {
    const times = new CreationTimes();
    waitIn(times).add({ at: 60_000, facts: usable });
    const adopted = new CreationPace(
      times,
      undefined,
      pace,
      () => poolRules.judge('p', usable, goal),
      poolRules,
      goal,
      {
        ...freshWatch,
        last: { at: 1, facts: pending },
      },
    );
    adopted.add({ at: 60_000, facts: usable });
    expect(times.expectation(creation.like)).toBeNull();
  });

  test('starts with a pause after the create, and is short when all nodes are available', () => {
    const wait = waitIn(new CreationTimes());
    expect(wait.nextPollAt(Number.NEGATIVE_INFINITY, 100)).toBe(5_000);
    wait.add({ at: 100_000, facts: pending });
    expect(wait.nextPollAt(100_000, 100_000)).toBe(130_000);
    wait.add({ at: 130_000, facts: { ...usable, scopes: {} } });
    expect(wait.nextPollAt(130_000, 130_000)).toBe(135_000);
  });
});

test('creation times are kept of the last 500 keys and 20 creations', () => {
  const times = new CreationTimes();
  for (let n = 0; n < 100; n += 1) times.add('a', { notYetMs: n, usableMs: n });
  expect(times.expectation('a')).toEqual({ fromMs: 82, toMs: 97 });
  for (let n = 0; n < 500; n += 1) times.add(`key-${n}`, { notYetMs: 1, usableMs: 1 });
  expect(times.expectation('a')).toBeNull();
  expect(times.expectation('key-0')).not.toBeNull();
});
