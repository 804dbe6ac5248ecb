import { expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderEnvironments, renderSummaries } from '../../src/cli/output/environments.js';
import { renderProgress } from '../../src/cli/output/progress.js';
import { summaryOf } from '../../src/client/environment-summary.js';
import { makeProgress, makeRun } from '../client/fake-runs.js';

const now = Date.parse('2026-03-02T10:00:00Z');
const view = { now, timeZone: 'UTC', colors: pc.createColors(false) };
const notebook = (observedAt: string, isProtected = false) => ({
  id: 'nb-1',
  status: 'RUNNING',
  url: null,
  autoStopAt: null,
  protected: isProtected,
  observedAt,
});

test('an old observation is marked with its age, a fresh one is not', () => {
  const old = makeProgress({ notebook: notebook('2026-03-02T07:00:00.000Z') });
  const fresh = makeProgress({ notebook: notebook('2026-03-02T09:59:00.000Z') });
  const [, first, second] = renderEnvironments([old, fresh], view).split('\n');
  expect(first).toContain('RUNNING (3h ago)');
  expect(second).toMatch(/RUNNING {2}/);
  expect(renderProgress(old, view)).toMatch(/notebook +nb-1, RUNNING, observed 3h ago/);
  expect(renderProgress(fresh, view)).toMatch(/notebook +nb-1, RUNNING$/m);
});

test('a protected environment is marked', () => {
  const kept = makeProgress({ notebook: notebook('2026-03-02T09:59:00.000Z', true) });
  const [head, row] = renderEnvironments([kept], view).split('\n');
  expect(head).toContain('PROTECTED');
  expect(row).toMatch(/RUNNING +yes/);
  expect(renderEnvironments([makeProgress()], view)).not.toContain('PROTECTED');
  expect(renderProgress(kept, view)).toContain('nb-1, RUNNING, protected');
});

test('the list without details shows the phase, the age of the run, the lease and the pool', () => {
  const startedAt = new Date(now - 3_600_000);
  const leased = { phase: 'Leased', startedAt, leaseEndsAt: '2026-03-02T14:00:00.000Z', poolId: 'pool-1' };
  const ended = { phase: 'Ready', status: 'COMPLETED', startedAt, closedAt: new Date(now - 60_000) } as const;
  const rows = [summaryOf(makeRun('lease/team-a', leased)), summaryOf(makeRun('env/team-b', ended))];
  expect(
    renderSummaries(rows, view)
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['NAME', 'PHASE', 'OPERATION', 'LEASE', 'POOL'],
    ['team-a', 'Leased', 'running 1h', '4h', 'pool-1'],
    ['team-b', 'Ready', 'ended 1m ago', '-', '-'],
  ]);
  expect(renderSummaries([], view)).toBe('no environments');
});
