import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';
import type { SweepRules } from '../domain/sweep/rules.js';
import { duration, listOf, section, text } from './field.js';
import type { SpecProblem } from './problem.js';
import { checkSection } from './section-check.js';

const defaultMaxShare = '20%';

const share = z
  .string({ error: 'must be a share in percent, such as 20%' })
  .regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)%$/, { error: 'must be a share in percent from 0% to 100%, such as 20%' });

/** Rules of a sweep as a person writes them. */
const schema = section({
  protect: section({
    names: listOf(text, 'name patterns').prefault([]).describe('Patterns of names that stay; * stands for any text'),
    labels: z
      .record(z.string(), text, { error: 'must be a group of labels with values' })
      .prefault({})
      .describe('What carries one of these labels stays'),
    workspaces: listOf(text, 'workspace ids').prefault([]).describe('What is in one of these workspaces stays'),
    minAge: duration.prefault('0s').describe('What is younger stays'),
  }).prefault({}),
  orphans: section({ minAge: duration.describe('Younger orphans stay') })
    .exactOptional()
    .describe('Orphans go only with this group'),
  idle: duration.exactOptional().describe('An environment on a lease goes when nothing of it has run for so long'),
  maxShare: share
    .prefault(defaultMaxShare)
    .describe('A plan that would delete more than this share of what carries our marker, and more than 3, is refused'),
});

/** Either the rules or everything that is wrong with them. */
export type RulesCheck =
  | { readonly ok: true; readonly rules: SweepRules }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Checks the rules of a sweep; without any, nothing is protected but by its mark, and orphans and idle environments stay. */
export function checkSweepRules(document: unknown): RulesCheck {
  const checked = checkSection(schema, document);
  if (!checked.ok) return checked;
  const { protect, orphans, idle, maxShare } = checked.data;
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
      maxShare: Number.parseFloat(maxShare) / 100,
    },
  };
}

/** The JSON Schema of the rules, for editors. */
export function sweepRulesJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(schema, { io: 'input' }), title: 'Rules of a sweep' };
}
