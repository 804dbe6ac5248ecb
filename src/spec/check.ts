import { type Spec, type SpecKind, specKinds } from '../contract/spec.js';
import { tooLarge } from '../domain/text.js';
import { findingsOf, knownKeys, withoutNulls } from './document.js';
import { type DocumentPath, type Fields, type Finding, isFields, sectionAt } from './finding.js';
import { lifetimeRules } from './lifetime-rules.js';
import { nameRules, notebookRules, otherApiMessage } from './notebook-rules.js';
import { poolRules } from './pool-rules.js';
import { problemsOf, type SpecCheck } from './problem.js';
import { specSchemas } from './spec-schema.js';

/**
 * Checks and normalises the argument of a workflow. A normalised spec is a valid document that normalises to itself.
 */
export function checkSpec(kind: SpecKind, document: unknown): SpecCheck {
  const checked = findProblems(kind, document);
  return checked.ok ? checked : { ok: false, problems: problemsOf(checked.findings) };
}

/** Like `checkSpec`, for callers that look up the place of each problem in a text. */
export function findProblems(
  kind: SpecKind,
  document: unknown,
): { ok: true; spec: Spec } | { ok: false; findings: readonly Finding[] } {
  const large = tooLarge(document);
  if (large !== null) return { ok: false, findings: [{ path: [], message: `the document: ${large}` }] };
  const schema = specSchemas[kind];
  const given = withoutNulls(schema, document, []);
  if (!isFields(given)) {
    const isEmpty = given === null || given === undefined;
    const message = isEmpty ? 'the document is empty' : 'the document must be a mapping, such as `{name: team-a}`';
    return { ok: false, findings: [{ path: [], message }] };
  }
  const parsed = schema.safeParse(given);
  const inFields = parsed.success ? [] : findingsOf(schema, given, parsed.error);
  const acrossFields = rulesOf(kind, given).filter(({ path }) => !inFields.some((found) => covers(found.path, path)));
  const named = inFields.map((finding) => withOtherApi(given, withOtherKinds(kind, finding)));
  const findings = [...named, ...acrossFields];
  if (parsed.success && findings.length === 0) return { ok: true, spec: parsed.data };
  return { ok: false, findings };
}

function rulesOf(kind: SpecKind, document: Fields): Finding[] {
  const findings = lifetimeRules(document);
  if (isFields(document.pool) && kind !== 'launchNotebook') findings.push(...poolRules(document.pool));
  if (isFields(document.notebook) && kind !== 'provisionPool')
    findings.push(...notebookRules(kind, sectionAt(document, 'notebook')), ...nameRules(kind, document));
  return findings;
}

/** A rule about a value that is wrong by itself would report it twice. */
function covers(outer: DocumentPath, inner: DocumentPath): boolean {
  return outer.length <= inner.length && outer.every((step, index) => step === inner[index]);
}

/** Names the kinds of spec that have a key which this kind lacks. */
function withOtherKinds(kind: SpecKind, finding: Finding): Finding {
  const [key] = finding.path;
  if (finding.path.length !== 1 || hasKey(kind, key)) return finding;
  const others = specKinds.filter((other) => hasKey(other, key));
  if (others.length === 0) return finding;
  return { ...finding, message: `unknown key \`${key}\` in a spec of ${kind}. Only ${others.join(' and ')} has it.` };
}

/** Names the notebook API that has a key which the API of this notebook lacks. */
function withOtherApi(document: Fields, finding: Finding): Finding {
  const [part, key] = finding.path;
  if (part !== 'notebook' || finding.path.length !== 2 || typeof key !== 'string') return finding;
  const message = otherApiMessage(sectionAt(document, 'notebook'), key);
  return message === null ? finding : { ...finding, message };
}

function hasKey(kind: SpecKind, key: unknown): boolean {
  return knownKeys(specSchemas[kind], [])?.some((known) => known === key) ?? false;
}
