import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { renderAudit } from '../../src/cli/output/audit.js';
import { renderListed, renderSteered } from '../../src/cli/output/bulk.js';
import { renderChecks } from '../../src/cli/output/checks.js';
import { renderDryRun } from '../../src/cli/output/dry-run.js';
import { renderEnvironments } from '../../src/cli/output/environments.js';
import { renderExplanation } from '../../src/cli/output/explanation.js';
import { renderHistory, renderRunHistory } from '../../src/cli/output/history.js';
import { renderPlan } from '../../src/cli/output/plan.js';
import { renderProgress } from '../../src/cli/output/progress.js';
import {
  renderFlavors,
  renderImages,
  renderNetwork,
  renderNetworks,
  renderNotebook,
  renderNotebooks,
  renderPool,
  renderPools,
} from '../../src/cli/output/resources.js';
import { renderDeleted, renderSchedule, renderSchedules } from '../../src/cli/output/schedules.js';
import { renderTable } from '../../src/cli/output/table.js';
import type { View } from '../../src/cli/output/view.js';
import { cutText } from '../../src/cli/output/width.js';
import type { AuditReport } from '../../src/domain/audit/report.js';
import { visibleValue } from '../../src/domain/visible-text.js';
import { makeProgress, soldOut } from '../client/fake-runs.js';

const at = '2026-03-01T10:00:00.000Z';

/**
 * What people and services write: words, ids, URLs, wide characters, emoji of several code points, control characters.
 */
const word = fc.oneof(
  fc.constantFrom('pool', 'team-a', 'pool-7a3e-0123456789abcdef0123456789abcdef', '`maops env why team-a`'),
  fc.constantFrom('https://example.com/a/very/long/path/that/has/no/room?token=0123456789012345678901234567890123456'),
  fc.constantFrom('资源池正在创建中，请稍候', 'データベースに接続できません', '사용할 수 없음', 'ｆｕｌｌ'),
  fc.constantFrom('👩‍👩‍👧', '🇩🇪', '☁️', '1️⃣', '👍🏽', '❤️‍🔥', 'é', 'e\u0301', 'ก็'),
  fc.constantFrom('\u001b[31m', '\u001b]0;x\u0007', '\u009b2J', '\u202e', '\t', '\r\n', '\n'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const anyText = fc.array(word, { maxLength: 6 }).chain((words) => fc.constantFrom(words.join(' '), words.join('')));

/** Every page and table, with the text in every place for foreign text. */
function pages(text: string, view: View): Record<string, string> {
  const progress = visibleValue(
    makeProgress({
      name: text,
      workflowId: `env/${text}`,
      why: text,
      failure: { ...soldOut, message: text, errorCode: text, hint: text },
      pool: {
        id: text,
        phase: text,
        nodes: { wanted: 8, available: 3, creating: 5, abnormal: 0 },
        scopes: { [text]: text },
        driver: text,
        flavors: {},
        protected: false,
        observedAt: null,
      },
      notebook: { id: text, status: text, url: text, autoStopAt: at, protected: false, observedAt: null },
      lease: { endsAt: at, maxEndsAt: at, extensions: 2 },
      audit: [{ at, by: text, verb: text, reason: text }],
      overdueSince: at,
      awaiting: { kind: 'operator', since: at, deadline: at, verbs: ['retry', 'skip'] },
    }),
  );
  const v = visibleValue(text);
  const pool = {
    name: v,
    id: v,
    phase: v,
    type: v,
    flavors: [{ flavor: v, wanted: 1, available: 0 }],
    nodes: { wanted: 1, available: 0, creating: 1, abnormal: 0 },
    scopes: { [v]: v },
    network: v,
    message: v,
    description: v,
    createdAt: at,
    marker: null,
    protected: true,
  };
  const notebook = {
    name: v,
    id: v,
    api: 'current',
    status: v,
    image: v,
    profile: v,
    flavor: v,
    pool: v,
    url: v,
    autoStopAt: at,
    description: v,
    createdAt: at,
    user: v,
    marker: null,
    protected: false,
  } as const;
  const image = {
    name: v,
    id: v,
    tag: v,
    status: v,
    type: v,
    arch: v,
    services: [v],
    hardware: [v],
    description: v,
  };
  const network = { name: v, id: v, phase: v, cidr: v, createdAt: at };
  const flavor = { name: v, type: v, cpu: v, memory: v, accelerator: v, sale: { [v]: v, b: 'normal' }, soldOut: null };
  const item = {
    kind: 'pool',
    id: v,
    name: v,
    createdAt: at,
    marker: v,
    isProtected: false,
    reason: 'orphan',
    environment: v,
    workspaceId: v,
    why: v,
  } as const;
  const result = {
    workflowId: v,
    dueAt: at,
    startedAt: at,
    endedAt: at,
    phase: 'Failed',
    started: v,
    why: v,
    failure: { type: 'Protected', message: v, hint: v },
  } as const;
  const schedule = {
    name: v,
    cron: v,
    timezone: v,
    does: v,
    paused: false,
    pausedByFailure: true,
    note: v,
    nextRuns: [at, at],
    running: v,
    lastRun: result,
    counts: { taken: 1, missed: 2, skipped: 3 },
    seen: { missed: 0, skipped: 0 },
    troubles: [v],
    warnings: [{ kind: 'skipped' as const, localTime: '2026-03-29T02:30:00', count: 2, at }],
    start: null,
    jitter: '30s',
    catchup: '10m',
    overlap: 'SKIP',
    pauseOnFailure: true,
    by: v,
    reason: v,
    createdAt: at,
    results: [result],
  };
  const report: AuditReport = {
    at,
    source: 'temporal',
    installation: 'abc123',
    findings: [
      {
        kind: 'pool',
        id: v,
        name: v,
        state: v,
        standing: 'orphan',
        isProtected: true,
        owner: v,
        marker: v,
        createdAt: at,
        ageSeconds: 97_200,
        cost: { perHour: 2.2, sinceCreation: 59.4, currency: v },
        why: v,
      },
    ],
    counts: { orphan: 1, owned: 0, foreign: 0, expired: 0, stuck: 0, unknown: 0 },
    costs: { perHour: 4.4, sinceCreation: 118.8, currency: 'EUR' },
    unpriced: [v],
    unread: [v],
  };
  const entry = { at, kind: 'phase', text: v, activity: null } as const;
  const entries = [entry, { ...entry, kind: 'command' } as const];
  const explanation = {
    name: progress.name,
    workflowId: progress.workflowId,
    phase: progress.phase,
    phaseSince: at,
    why: v,
    awaiting: progress.awaiting,
    paused: { at, by: v, verb: v, reason: v },
    failure: progress.failure,
    retrying: null,
    overdueSince: at,
    alive: null,
    jobs: [],
    inTheWay: null,
    heldUpBy: 'throttled',
    throttledUntil: at,
    lastError: { activity: v, message: v, at },
    time: [{ cause: v, ms: 5_000 }],
    pending: [
      {
        activity: v,
        does: v,
        state: 'scheduled',
        attempt: 3,
        saying: v,
        lastFailure: v,
        nextAttemptAt: at,
        lastHeartbeatAt: at,
      },
    ],
  } as const;
  const plan = {
    hash: '41de91b15441054b',
    madeAt: at,
    items: [item],
    kept: [{ ...item, rule: v }],
    jobs: [],
    carrying: 2,
    refusal: v,
    unread: [v],
  };
  const dry = {
    name: v,
    ok: true,
    checks: [{ subject: v, state: 'warning', finding: v }],
    notChecked: [{ field: v, value: v, why: v, known: [v] }],
    pool: { id: v, type: v, scope: [v], network: v, resources: [{ flavor: v, count: 1 }] },
    notebook: null,
    lease: null,
    spec: { onFailure: 'rollback', onCancel: 'rollback' },
  } as unknown as Parameters<typeof renderDryRun>[0];
  return {
    progress: renderProgress(progress, view),
    environments: renderEnvironments([progress, makeProgress()], view),
    explanation: renderExplanation(explanation as Parameters<typeof renderExplanation>[0], view),
    pools: renderPools([pool, pool], view),
    pool: renderPool(pool, view),
    notebooks: renderNotebooks([notebook], view),
    notebook: renderNotebook(notebook, view),
    images: renderImages([image], view),
    networks: renderNetworks([network], view),
    network: renderNetwork(network, view),
    flavors: renderFlavors([flavor, { ...flavor, type: 'Notebook', soldOut: true }], view),
    schedules: renderSchedules([schedule], view),
    schedule: renderSchedule(schedule, view),
    deleted: renderDeleted(schedule, view),
    audit: renderAudit(report, view),
    plan: renderPlan(plan, view),
    runHistory: renderRunHistory(entries, view),
    history: renderHistory(
      entries.map((one) => ({ ...one, workflowId: v, runId: v })),
      view,
    ),
    listed: renderListed([progress], view),
    steered: renderSteered([{ workflowId: v, name: v, phase: 'Ready', why: v, result: 'refused', reason: v }], view),
    checks: renderChecks([{ check: v, state: 'failed', finding: v, hint: v }], view),
    'dry run': renderDryRun(dry, view),
  };
}

describe('no line is wider than the terminal', () => {
  test.each([false, true])('for any text, with colours: %s', (isColored) => {
    const colors = pc.createColors(isColored);
    fc.assert(
      fc.property(anyText, fc.integer({ min: 40, max: 200 }), (text, columns) => {
        const view = { now: Date.parse(at), timeZone: 'UTC', colors, columns };
        for (const [page, shown] of Object.entries(pages(text, view)))
          for (const line of shown.split('\n'))
            if (stringWidth(line) > columns) throw new Error(`${page}, ${stringWidth(line)} columns: ${line}`);
      }),
      { numRuns: 30 },
    );
  });

  test('and Chinese text in a table is broken by display width', () => {
    const shown = renderTable([['pool', '资源池正在创建中，请稍候，预计需要十分钟左右的时间']], undefined, {
      columns: 40,
      last: 'wrap',
    });
    expect(shown).toBe('pool  资源池正在创建中，请稍候，预计需要\n      十分钟左右的时间');
  });
});

test('a text is cut between graphemes, and its colour ends', () => {
  expect(cutText('训练环境已就绪', 8)).toBe('训练环…');
  expect(cutText('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
  expect(cutText(pc.createColors(true).red('a long text'), 7)).toBe('\u001b[31ma long…\u001b[39m');
});

test('cells of a row stay in their columns, whatever their width and their line breaks', () => {
  const rows = [
    ['训练', 'a'],
    ['b\nc', 'd\ne'],
  ];
  expect(renderTable(rows).split('\n')).toEqual(['训练  a', 'b␤c   d', '      e']);
});
