import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';
import type { SweepRules } from '../domain/sweep-rules.js';
import { duration, listOf, section, text } from './field.js';
import { type Fields, isFields, valueAt } from './finding.js';
import { unknownKeyMessage } from './nearest-key.js';
import { type SpecProblem, sortProblems } from './problem.js';

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
  const given = withoutNulls(document ?? {}, []);
  if (!isFields(given)) return { ok: false, problems: [{ path: '', message: 'must be a group of keys with values' }] };
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    return { ok: false, problems: sortProblems(parsed.error.issues.flatMap((issue) => problemsOf(given, issue))) };
  }
  const { protect, orphans, idle, maxShare } = parsed.data;
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

/** Takes null as absent, as specs do; a null under an unknown key stays, so that the key is still reported. */
function withoutNulls(value: unknown, way: readonly string[]): unknown {
  if (!isFields(value)) return value;
  const known = keysAt(way);
  const kept = Object.entries(value).filter(([key, inner]) => inner !== null || !known.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner, [...way, key])]));
}

function problemsOf(document: Fields, issue: z.core.$ZodIssue): SpecProblem[] {
  const way = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const isMissing = valueAt(document, way) === undefined;
    return [{ path: way.join('.'), message: isMissing ? 'is required' : issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...way, key].join('.'),
    message: unknownKeyMessage(key, keysAt(way)),
  }));
}

function keysAt(way: readonly string[]): string[] {
  const section = way.reduce<unknown>(
    (found, step) => (isFields(found) && isFields(found.properties) ? found.properties[step] : undefined),
    sweepRulesJsonSchema(),
  );
  return isFields(section) && isFields(section.properties) ? Object.keys(section.properties) : [];
}
