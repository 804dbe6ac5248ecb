import { describe, expect, test } from '@jest/globals';
import {
  judgeObservation,
  type LeasedEnvironment,
  type LeasedObservation,
  mayRepeat,
  type WantedEnvironment,
} from '../../../src/domain/provision/repeated-create.js';
import { notebookFacts, poolFacts } from '../facts.js';

const now = Date.parse('2026-01-01T12:00:00Z');
const pace = { pollMinMs: 5_000, consistencyWindowMs: 120_000 };
const description = 'maops:abc123-01234567-01234567';
const us = { installation: 'abc123', owner: '01234567', specs: ['01234567'] };
const pool = poolFacts({
  id: 'team-a-p',
  description,
  phase: 'Running',
  wanted: { a: 2 },
  available: { a: 2 },
  scopes: { Notebook: 'Enabled' },
});
const notebook = notebookFacts({ name: 'team-a', description, poolId: pool.id, status: 'RUNNING' });
const wanted: WantedEnvironment = {
  name: 'team-a',
  us,
  pool: { id: pool.id, spec: { type: 'Dedicate', flavors: ['b', 'a'], count: 2, scope: ['Notebook'] } },
  notebook: { name: 'team-a' },
};
const observed: LeasedObservation = { beganAt: now - 60_001, at: now - 60_000, pool, notebook };
const leased: LeasedEnvironment = {
  pool: { id: pool.id, createdAt: pool.createdAt },
  notebooks: [{ id: notebook.id, createdAt: notebook.createdAt }],
  unknownSince: null,
  isSameSpec: true,
  observed,
};

test('leased resources that are ours and usable need only one fresh observation', () => {
  expect(mayRepeat(wanted, leased, pace, now)).toEqual({ isReady: true, choice: 1 });
  expect(judgeObservation(wanted, leased, observed)).toEqual({ isReady: true, choice: 1 });
});

test('a part that is not asked for does not count', () => {
  const { pool: justPool } = wanted;
  expect(
    judgeObservation(
      { ...wanted, notebook: null, pool: justPool },
      { ...leased, notebooks: [] },
      { ...observed, notebook: null },
    ),
  ).toMatchObject({ isReady: true });
  expect(
    judgeObservation({ ...wanted, pool: null }, { ...leased, pool: null }, { ...observed, pool: null }),
  ).toMatchObject({ isReady: true });
});

describe('a lease whose record does not count', () => {
  test.each<[string, Partial<LeasedEnvironment>]>([
    ['another spec', { isSameSpec: false }],
    ['a create that may still become visible', { unknownSince: now - 100_000 }],
    ['no observation', { observed: null }],
    ['an observation of just now', { observed: { ...observed, at: now - 4_999 } }],
    ['an observation of something unusable', { observed: { ...observed, pool: { ...pool, phase: 'Abnormal' } } }],
  ])('%s', (_title, change) => {
    expect(mayRepeat(wanted, { ...leased, ...change }, pace, now)).toMatchObject({ isReady: false });
  });

  test('ignores an unknown create outcome after the consistency window', () => {
    const change = { unknownSince: now - pace.consistencyWindowMs };
    expect(mayRepeat(wanted, { ...leased, ...change }, pace, now)).toMatchObject({ isReady: true });
  });
});

describe('an observation that does not count', () => {
  const otherSpec = 'maops:abc123-01234567-76543210';
  test.each<[string, Partial<LeasedObservation>, Partial<LeasedEnvironment>]>([
    ['a pool that is not there', { pool: null }, {}],
    ['a replaced pool', { pool: { ...pool, createdAt: '2026-01-01T11:00:00Z' } }, {}],
    [
      'a pool whose creation time is missing',
      { pool: { ...pool, createdAt: '' } },
      { pool: { id: pool.id, createdAt: '' } },
    ],
    ['a pool that the lease does not own', {}, { pool: null }],
    ['another pool', { pool: { ...pool, id: 'other' } }, { pool: { id: 'other', createdAt: pool.createdAt } }],
    ['a pool without a marker', { pool: { ...pool, description: '' } }, {}],
    ['a pool of another spec', { pool: { ...pool, description: otherSpec } }, {}],
    ['a pool of a flavor that is not asked for', { pool: { ...pool, wanted: { c: 2 } } }, {}],
    ['a pool that lacks a node', { pool: { ...pool, available: { a: 1 } } }, {}],
    ['a pool whose scope is not enabled', { pool: { ...pool, scopes: { Notebook: 'Enabling' } } }, {}],
    ['a pool that is being deleted', { pool: { ...pool, deleting: true } }, {}],
    ['a notebook that is not there', { notebook: null }, {}],
    ['a notebook that stopped', { notebook: { ...notebook, status: 'STOPPED' } }, {}],
    ['a notebook of another name', { notebook: { ...notebook, name: 'other' } }, {}],
    ['another notebook', { notebook: { ...notebook, id: 'DE-2' } }, {}],
    ['a notebook of another spec', { notebook: { ...notebook, description: otherSpec } }, {}],
    ['a notebook on another pool', { notebook: { ...notebook, poolId: 'other' } }, {}],
    ['a second notebook', {}, { notebooks: [...leased.notebooks, { id: 'DE-2', createdAt: '1' }] }],
  ])('%s', (_title, seen, owned) => {
    expect(judgeObservation(wanted, { ...leased, ...owned }, { ...observed, ...seen })).toMatchObject({
      isReady: false,
    });
  });
});
