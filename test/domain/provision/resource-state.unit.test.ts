import { expect, test } from '@jest/globals';
import {
  type LastCreate,
  mayAppear,
  newResource,
  withChange,
  withCleared,
} from '../../../src/domain/provision/resource-state.js';

const ref = (id: string, createdAt = '2026-01-01T00:00:00Z') => ({ id, createdAt });
const unknown = { outcome: 'unknown', sentAt: 1, since: 1, why: 'lost' } as const;

test.each<[LastCreate, boolean]>([
  [{ outcome: 'none' }, false],
  [unknown, true],
  [{ ...unknown, isTaken: true, isRefused: false }, true],
  [{ ...unknown, isTaken: true, isRefused: true }, false],
  [{ outcome: 'unseen', owner: 'run', sentAt: 1, since: 1 }, true],
  [{ outcome: 'unseen', owner: 'lease', sentAt: 1, since: 1 }, true],
])('after %j a resource may appear: %s', (last, expected) => {
  expect(mayAppear(last)).toBe(expected);
});

test('the last resource is known until it is gone', () => {
  const created = withChange(newResource, { ref: ref('p-1') });
  const left = withChange(created, { ref: null });
  const gone = withChange(left, { known: null });
  expect([created, left, gone].map(({ known }) => known?.id ?? null)).toEqual(['p-1', 'p-1', null]);
});

test('a removed resource is recorded once, and the last 100 are kept', () => {
  const twice = withCleared(withCleared([], ref('p-1')), ref('p-1'));
  const again = withCleared(twice, ref('p-1', '2026-01-01T01:00:00Z'));
  expect([twice.length, again.length]).toEqual([1, 2]);
  const ids = Array.from({ length: 150 }, (_, index) => `p-${index}`);
  const many = ids.reduce((cleared, id) => withCleared(cleared, ref(id)), again);
  expect(many.map(({ id }) => id)).toEqual(ids.slice(-100));
});
