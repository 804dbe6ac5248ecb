import { describe, expect, test } from '@jest/globals';
import { lookOf } from '../../src/activities/waiting.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../src/modelarts/errors.js';

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
