import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { awaitSignificantChange, lookOf } from '../../../src/activities/resource/waiting.js';
import { freshWatch } from '../../../src/domain/resource/observation.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../../src/modelarts/errors.js';

const at = Date.parse('2026-03-01T10:00:00Z');

function refusal(kind: ModelArtsErrorKind, throttledUntil: number | null): ModelArtsError {
  const call = { operation: 'pools.list', method: 'GET', template: '/v2/{project_id}/pools' };
  return new ModelArtsError('pools.list failed', { kind, ...call, throttledUntil });
}

describe('a look that saw nothing', () => {
  test('carries the time until which the service throttles', () => {
    const look = lookOf({ at, error: refusal('throttled', at + 30_000) }, () => null);
    expect(look).toMatchObject({
      facts: null,
      trouble: { throttledUntil: '2026-03-01T10:00:30.000Z', failureType: 'ServiceUnavailable' },
    });
  });

  test.each([
    ['ServiceUnavailable', refusal('throttled', null)],
    ['ServiceUnavailable', refusal('unavailable', null)],
    ['ServiceUnavailable', new Error('reset')],
    ['NotAuthorized', refusal('permission', null)],
  ])('carries the failure type %s and no such time for any other error', (failureType, error) => {
    const trouble = { why: error.message, throttledUntil: null, failureType };
    expect(lookOf({ at, error }, () => null)).toMatchObject({ trouble });
  });
});

test('a mistake of our own code in judging an observation ends the wait with its error', async () => {
  const judge = () => {
    throw new TypeError('a mistake');
  };
  const deps = {
    settings: { pollWindowMs: 300_000 },
    shutdown: new AbortController().signal,
    sleep: () => new Promise<void>(() => undefined),
  };
  const wait = {
    name: 'pool team-a',
    goal: null,
    watch: freshWatch,
    pace: { pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000, abnormalGraceMs: 300_000 },
    rules: { judge, turned: () => false, countsChanged: () => false },
    // As a watcher does, which ignores what a listener throws.
    subscribe: (listener: (look: { at: number; facts: object; trouble: null }) => void) => {
      try {
        listener({ at, facts: {}, trouble: null });
      } catch {
        return () => undefined;
      }
      return () => undefined;
    },
  };
  const waited = new MockActivityEnvironment().run(() => awaitSignificantChange(deps as unknown as ActivityDeps, wait));
  await expect(waited).rejects.toThrow('a mistake');
});
