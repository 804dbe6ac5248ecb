import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { CreationTimes } from '../../../src/activities/resource/creation-times.js';
import { describeReadError, observe, RemovalTimes } from '../../../src/activities/resource/waiting.js';
import { freshWatch } from '../../../src/domain/resource/observation.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../../src/modelarts/errors.js';
import type { Watcher } from '../../../src/modelarts/watcher.js';

const at = Date.parse('2026-03-01T10:00:00Z');

function refusal(kind: ModelArtsErrorKind, throttledUntil: number | null): ModelArtsError {
  const call = { operation: 'pools.list', method: 'GET', template: '/v2/{project_id}/pools' };
  return new ModelArtsError('pools.list failed', { kind, ...call, throttledUntil });
}

describe('a failed read', () => {
  test('carries the time until which the service throttles', () => {
    expect(describeReadError(refusal('throttled', at + 30_000))).toMatchObject({
      throttledUntil: '2026-03-01T10:00:30.000Z',
      failureType: 'ServiceUnavailable',
    });
  });

  test.each([
    ['ServiceUnavailable', refusal('throttled', null)],
    ['ServiceUnavailable', refusal('unavailable', null)],
    ['ServiceUnavailable', new Error('reset')],
    ['NotAuthorized', refusal('permission', null)],
  ])('carries the failure type %s and no such time for any other error', (failureType, error) => {
    expect(describeReadError(error)).toEqual({ why: error.message, throttledUntil: null, failureType });
  });
});

test('a bug in judging an observation ends the wait with its error', async () => {
  const judge = () => {
    throw new TypeError('a mistake');
  };
  const deps = {
    settings: { pollWindowMs: 300_000 },
    creationTimes: new CreationTimes(),
    shutdown: new AbortController().signal,
    sleep: () => new Promise<void>(() => undefined),
  };
  const watcher: Watcher<object> = {
    // As a watcher does, which ignores what a listener throws.
    subscribe: (_target, listener) => {
      try {
        listener({ at, item: {} });
      } catch {
        return () => undefined;
      }
      return () => undefined;
    },
    close: () => undefined,
  };
  const rules = { judge, stateChanged: () => false, countsChanged: () => false };
  const kind = { label: 'pool team-a', watcher, read: (item: object) => item, rules, removals: new RemovalTimes() };
  const pace = { pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000, abnormalGraceMs: 300_000 };
  const question = { id: 'p-1', name: 'team-a', workspaceId: null, goal: null, watch: freshWatch, pace };
  const observed = new MockActivityEnvironment().run(() => observe(deps as unknown as ActivityDeps, kind, question));
  await expect(observed).rejects.toThrow('a mistake');
});
