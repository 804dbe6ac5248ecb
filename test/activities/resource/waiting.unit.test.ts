import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { awaitSignificantChange, lookOf } from '../../../src/activities/resource/waiting.js';
import { freshWatch } from '../../../src/domain/resource/observation.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../../src/modelarts/errors.js';

const at = Date.parse('2026-03-01T10:00:00Z');

function refusal(kind: ModelArtsErrorKind, retryAfterMs: number | null): ModelArtsError {
  const call = { operation: 'pools.list', method: 'GET', template: '/v2/{project_id}/pools' };
  return new ModelArtsError('pools.list failed', { kind, ...call, retryAfterMs });
}

describe('a look that saw nothing', () => {
  test('says until when the service has asked to be left alone', () => {
    const look = lookOf({ at, error: refusal('throttled', 30_000) }, () => null);
    expect(look.trouble).toBe('pools.list failed; throttled until 2026-03-01T10:00:30.000Z');
  });

  test('says only what went wrong where nobody has asked for that', () => {
    expect(lookOf({ at, error: refusal('throttled', null) }, () => null).trouble).toBe('pools.list failed');
    expect(lookOf({ at, error: refusal('unavailable', 30_000) }, () => null).trouble).toBe('pools.list failed');
    expect(lookOf({ at, error: new Error('reset') }, () => null).trouble).toBe('reset');
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
