import type { z } from 'zod';
import type { Spec, SpecKind } from '../contract/spec.js';
import { tooLarge } from '../domain/text.js';
import { type Fields, type Finding, isFields, sectionAt, valueAt, type Way } from './finding.js';
import { kindsWithKey, knownKeys } from './json-schema.js';
import { lifetimeRules } from './lifetime-rules.js';
import { unknownKeyMessage } from './nearest-key.js';
import { notebookRules } from './notebook-rules.js';
import { poolRules } from './pool-rules.js';
import { type SpecCheck, type SpecProblem, sortProblems } from './problem.js';
import { specSchemas } from './spec-schema.js';

/** Checks and normalises the argument of a workflow; a normalised spec is a valid document, and comes back unchanged. */
export function checkSpec(kind: SpecKind, document: unknown): SpecCheck {
  const checked = inspect(kind, document);
  if (checked.ok) return checked;
  const problems = checked.findings.map(({ way, message }): SpecProblem => ({ path: way.join('.'), message }));
  return { ok: false, problems: sortProblems(problems) };
}

/** As `checkSpec`, with the ways kept apart, for callers that look places up in a text. */
export function inspect(
  kind: SpecKind,
  document: unknown,
): { ok: true; spec: Spec } | { ok: false; findings: readonly Finding[] } {
  const large = tooLarge(document);
  if (large !== null) return { ok: false, findings: [{ way: [], message: `the document: ${large}` }] };
  const given = withoutNulls(kind, document, []);
  if (!isFields(given)) return { ok: false, findings: [{ way: [], message: emptyOrWrong(given) }] };
  const parsed = specSchemas[kind].safeParse(given);
  const inFields = parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(kind, given, issue, []));
  const acrossFields = rulesOf(kind, given).filter(({ way }) => !inFields.some((found) => covers(found.way, way)));
  const findings = [...inFields, ...acrossFields];
  if (parsed.success && findings.length === 0) return { ok: true, spec: parsed.data };
  return { ok: false, findings };
}

function rulesOf(kind: SpecKind, document: Fields): Finding[] {
  const findings = lifetimeRules(document);
  if (isFields(document.pool) && kind !== 'launchNotebook') findings.push(...poolRules(document.pool));
  if (isFields(document.notebook) && kind !== 'provisionPool')
    findings.push(...notebookRules(kind, sectionAt(document, 'notebook')));
  return findings;
}

/** A rule about a value that is already known to be wrong would say the same thing twice. */
function covers(outer: Way, inner: Way): boolean {
  return outer.length <= inner.length && outer.every((step, index) => step === inner[index]);
}

function findingsOf(kind: SpecKind, document: Fields, issue: z.core.$ZodIssue, base: Way): Finding[] {
  const way: Way = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ way: [...way, key], message: unknownKey(kind, way, key) }));
  if (issue.code === 'invalid_union') {
    // A group of keys can only be meant for the variant that is one; its own problems say more than "no variant fits".
    const meant = issue.errors.find(
      (issues) => !issues.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
    );
    if (meant !== undefined && isFields(valueAt(document, way)))
      return meant.flatMap((one) => findingsOf(kind, document, one, way));
  }
  return [{ way, message: valueAt(document, way) === undefined ? 'is required' : issue.message }];
}

function unknownKey(kind: SpecKind, way: Way, key: string): string {
  const elsewhere = way.length === 0 ? kindsWithKey(kind, key) : [];
  if (elsewhere.length > 0)
    return `unknown key \`${key}\`: a spec of ${kind} has none, only of ${elsewhere.join(' and ')}`;
  return unknownKeyMessage(key, knownKeys(kind, way) ?? []);
}

/**
 * Takes null as absent, because clients in other languages write every optional field. A null under an unknown key
 * stays, so that the key is still reported.
 */
function withoutNulls(kind: SpecKind, value: unknown, way: Way): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutNulls(kind, item, [...way, index]));
  if (!isFields(value)) return value;
  const known = knownKeys(kind, way);
  const kept = Object.entries(value).filter(
    ([key, inner]) => inner !== undefined && (inner !== null || (known !== null && !known.includes(key))),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(kind, inner, [...way, key])]));
}

function emptyOrWrong(document: unknown): string {
  return document === null || document === undefined
    ? 'the document is empty'
    : 'the document must be a group of keys with values';
}
