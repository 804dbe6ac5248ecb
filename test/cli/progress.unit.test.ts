import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderEnvironments } from '../../src/cli/output/environments.js';
import { renderProgress, renderProgressLine } from '../../src/cli/output/progress.js';
import type { View } from '../../src/cli/output/view.js';
import { makeProgress, soldOut } from '../client/fake-runs.js';

const view: View = { now: Date.parse('2026-03-01T10:02:10Z'), timeZone: 'UTC', colors: pc.createColors(false) };

describe('a progress as text', () => {
  test('shows phase, reason, steps with elapsed times, and the pool', () => {
    expect(renderProgress(makeProgress(), view)).toBe(
      `env/team-a  AwaitingPool  45 %  2m 10s
pool team-a: 3 of 8 nodes available, 5 creating; scope Notebook Enabling

  validate  done     2s
  pool      running  2m 8s  3/8 nodes
  notebook  pending

pool  team-a-0123456789abcdef0123456789abcdef, Creating, 3 of 8 nodes available, 5 creating, Notebook Enabling`,
    );
  });

  test('is no wider than the terminal, and breaks between words', () => {
    const audit = [{ at: '2026-03-01T10:01:00.000Z', by: 'lead', verb: 'note', reason: 'a ticket is open since noon' }];
    const text = renderProgress(makeProgress({ audit, pool: null }), { ...view, columns: 62 });
    expect(text).toContain('5 creating; scope\nNotebook Enabling\n');
    expect(text).toMatch(/ {2}note {2}by lead {2}a ticket is open\n +since noon$/);
  });

  test('converts the times in a reason to the local zone', () => {
    const audit = [
      { at: '2026-03-01T10:01:00.000Z', by: 'ann', verb: 'extend', reason: '1h, to 2026-03-01T12:30:00.000Z: busy' },
    ];
    const text = renderProgress(makeProgress({ audit }), { ...view, timeZone: 'Asia/Shanghai' });
    expect(text).toContain('2026-03-01 18:01:00 GMT+8  extend  by ann  1h, to 2026-03-01 20:30 GMT+8: busy');
  });

  test('shows the notebook, its URL and the lease of a ready environment, and stops the clock', () => {
    const ready = makeProgress({
      phase: 'Ready',
      endedAt: '2026-03-01T10:01:30.000Z',
      percent: 100,
      why: 'team-a is ready to use',
      steps: [
        { name: 'pool', state: 'done', startedAt: '2026-03-01T10:00:02.000Z', attempt: 2 },
        { name: 'notebook', state: 'done', startedAt: '2026-03-01T10:01:00.000Z', attempt: 1 },
      ],
      pool: null,
      notebook: {
        id: 'nb-1',
        status: 'RUNNING',
        url: 'https://nb-1.example.org',
        autoStopAt: '2026-03-01T14:01:30.000Z',
        protected: false,
        observedAt: '2026-03-01T10:01:30.000Z',
      },
      lease: { endsAt: null, maxEndsAt: null, extensions: 0 },
    });
    expect(renderProgress(ready, view)).toBe(
      `env/team-a  Ready  100 %  1m 30s
team-a is ready to use

  pool      done  58s  attempt 2
  notebook  done  30s

notebook  nb-1, RUNNING
url       https://nb-1.example.org
stops at  2026-03-01 14:01:30 UTC
lease     no end`,
    );
  });

  test('shows the failure with its code and request, what to do next, and the possible commands', () => {
    const awaitingOperator = makeProgress({
      phase: 'AwaitingOperator',
      why: 'pool failed: no capacity',
      pool: null,
      steps: [{ name: 'pool', state: 'failed', startedAt: '2026-03-01T10:00:02.000Z', attempt: 1 }],
      failure: {
        step: 'pool',
        type: 'QuotaExceeded',
        message: 'no capacity',
        errorCode: 'ModelArts.50004000',
        requestId: 'r-1',
        hint: 'Try another flavor.',
      },
      awaiting: {
        kind: 'operator',
        since: '2026-03-01T10:01:00.000Z',
        deadline: '2026-03-02T10:01:00.000Z',
        verbs: ['retry', 'rollback'],
      },
      audit: [{ at: '2026-03-01T10:00:30.000Z', by: 'ops', verb: 'pause', reason: 'quota' }],
    });
    expect(renderProgress(awaitingOperator, view)).toBe(
      `env/team-a  AwaitingOperator  45 %  2m 10s
pool failed: no capacity

  pool  failed  58s

failure    QuotaExceeded (step pool): no capacity [ModelArts.50004000, request r-1]
next       Try another flavor.
waits for  operator until 2026-03-02 10:01:00 UTC: retry, rollback: \`maops env resolve team-a VERB --reason …\`

audit
  2026-03-01 10:00:30 UTC  pause  by ops  quota`,
    );
  });

  test('shows no time for a step whose end a second attempt of the next step has overwritten', () => {
    const startedAt = '2026-03-01T10:00:02.000Z';
    const steps = [
      { name: 'pool', state: 'done', startedAt, attempt: 1 },
      { name: 'notebook', state: 'running', startedAt: '2026-03-01T10:02:00.000Z', attempt: 2 },
    ] as const;
    const shown = renderProgress(makeProgress({ steps, pool: null }), view).split('\n');
    expect(shown.slice(3, 5)).toEqual(['  pool      done', '  notebook  running  10s  attempt 2']);
  });

  test('does not refer to a resource that a rollback has deleted', () => {
    const hint = 'See `maops pool show team-a`.';
    const failure = {
      step: 'pool',
      type: 'PoolUnhealthy',
      message: 'x',
      errorCode: null,
      requestId: null,
      hint,
    } as const;
    const shown = (phase: 'RolledBack' | 'Failed') => renderProgress(makeProgress({ phase, failure }), view);
    expect(shown('Failed')).toContain(hint);
    expect(shown('RolledBack')).not.toContain(hint);
    expect(shown('RolledBack')).toMatch(/^next /m);
  });

  test('names the command for another flavor only where a run awaits one', () => {
    const awaiting = { kind: 'operator', since: '2026-03-01T10:01:00.000Z', deadline: null, verbs: ['retry'] } as const;
    const next = (change: Parameters<typeof makeProgress>[0]) =>
      /^next +(.*)$/m.exec(renderProgress(makeProgress({ failure: soldOut, awaiting, ...change }), view))?.[1];
    const onSale = '`maops flavor list` shows what is on sale.';
    expect(next({})).toBe(`\`maops env resolve team-a retry --set pool.flavor=… --reason …\`; ${onSale}`);
    expect(next({ failure: { ...soldOut, step: 'notebook' }, workflowId: 'notebook/team-a' })).toBe(
      `\`maops env resolve notebook/team-a retry --set notebook.flavor=… --reason …\`; ${onSale}`,
    );
    expect(next({ awaiting: null })).toBe(soldOut.hint);
  });

  test('names the command that ends a pause, and shows no percentage for a paused lease', () => {
    const awaiting = { kind: 'capacity', since: '2026-03-01T10:01:00.000Z', deadline: null, verbs: ['pause'] } as const;
    const paused = renderProgress(makeProgress({ phase: 'Paused', awaiting }), view);
    expect(paused).toContain('env/team-a  Paused  45 %');
    expect(paused).toMatch(/^next {7}`maops env resume team-a --reason …`\nwaits for {2}capacity: resume, cancel$/m);
    const lease = { operation: 'leaseEnvironment', workflowId: 'lease/team-a', phase: 'Paused', percent: 0 } as const;
    expect(renderProgress(makeProgress(lease), view)).toContain('lease/team-a  Paused  2m 10s');
  });

  test('is one line in logs', () => {
    expect(renderProgressLine(makeProgress(), view)).toBe(
      '10:02:10 env/team-a AwaitingPool 45% pool team-a: 3 of 8 nodes available, 5 creating; scope Notebook Enabling',
    );
  });

  test('uses the local zone, with its name', () => {
    const text = renderProgress(
      makeProgress({ audit: [{ at: '2026-03-01T10:00:30.000Z', by: 'ops', verb: 'pause', reason: '' }] }),
      { ...view, timeZone: 'Asia/Shanghai' },
    );
    expect(text).toContain('2026-03-01 18:00:30 GMT+8');
  });
});

describe('a list of environments', () => {
  test('has one row per environment', () => {
    expect(renderEnvironments([makeProgress()], view)).toBe(
      `NAME    PHASE         SINCE  NODES  NOTEBOOK  LEASE  WHY
team-a  AwaitingPool  2m     3/8    -         -      pool team-a: 3 of 8 nodes available, 5 creating; scope Notebook Enabling`,
    );
  });

  test('is a sentence when there are none', () => {
    expect(renderEnvironments([], view)).toBe('no environments');
  });
});
