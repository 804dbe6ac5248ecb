import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';
import type { SweepRules } from '../domain/sweep/rules.js';
import { checkDocument } from './document.js';
import { choice, duration, listOf, section, text } from './field.js';
import type { SpecProblem } from './problem.js';

const defaultMaxShare = '20%';

const share = z
  .string({ error: 'must be a percentage, such as 20%' })
  .regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/, { error: 'must be a percentage, 0% to 100%, such as 20%' });

/** The rules of a sweep as they are written. */
export const rulesSchema = section({
  protect: section(
    {
      names: listOf(text, 'name patterns').prefault([]).describe('Patterns of names to keep. * matches any text'),
      labels: z
        .record(z.string(), text, { error: 'must be a mapping of labels to values, such as `{tier: prod}`' })
        .prefault({})
        .describe('Labels of resources to keep'),
      workspaces: listOf(text, 'workspace ids').prefault([]).describe('Workspaces whose resources to keep'),
      minAge: duration.prefault('0s').describe('Age below which to keep a resource'),
    },
    '{names: [prod-*]}',
  ).prefault({}),
  orphans: section({ minAge: duration.describe('Age below which to keep an orphan') }, '{minAge: 24h}')
    .exactOptional()
    .describe('Without this section, orphans are kept'),
  idle: duration
    .exactOptional()
    .describe(
      'How long nothing may run on the pool of a leased environment before it is deleted: no workload, no notebook',
    ),
  busy: z
    .union([choice(['keep', 'delete']), section({ drain: duration }, '{drain: 2h}')], {
      error: 'must be keep, delete or a drain, such as `{drain: 2h}`',
    })
    .prefault('keep')
    .describe('Pools with jobs: keep them, delete them under the jobs, or wait for the jobs first'),
  maxShare: share
    .prefault(defaultMaxShare)
    .describe('Refuse a plan that deletes more than this share of our resources, if that is more than 3'),
}).meta({ title: 'Rules of a sweep' });

export type RulesCheck =
  | { readonly ok: true; readonly rules: SweepRules }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Checks the rules of a sweep. By default a sweep keeps protected resources, orphans and idle environments. */
export function checkSweepRules(document: unknown): RulesCheck {
  const checked = checkDocument(rulesSchema, document);
  if (!checked.ok) return checked;
  const { protect, orphans, idle, busy, maxShare } = checked.data;
  return {
    ok: true,
    rules: {
      protect: {
        names: protect.names,
        labels: protect.labels,
        workspaces: protect.workspaces,
        minAgeMs: parseDuration(protect.minAge) ?? 0,
      },
      orphans: orphans === undefined ? null : { minAgeMs: parseDuration(orphans.minAge) ?? 0 },
      idle: idle === undefined ? null : { afterMs: parseDuration(idle) ?? 0 },
      busy,
      maxShare: Number.parseFloat(maxShare) / 100,
    },
  };
}
