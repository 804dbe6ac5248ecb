import type { Spec, SpecKind } from '../contract/spec.js';
import { checkSpec } from './check.js';
import { type DocumentPath, isFields } from './finding.js';
import { problemsOf, type SpecCheck } from './problem.js';

interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Applies the changes of `resolve retry`: dotted paths (`{'pool.flavor': 'X'}`), a partial spec (`{pool: {count: 2}}`)
 * or both. Null removes a value. `allowed` gets paths of the normalised spec, such as `pool.flavors` for `pool.flavor`.
 */
export function applyChanges(
  kind: SpecKind,
  spec: Spec,
  changes: Readonly<Record<string, unknown>>,
  allowed: (path: string) => boolean,
): SpecCheck {
  const settings = Object.entries(changes)
    .flatMap(([path, value]) => settingsOf(path.split('.'), value))
    .map(canonical);
  const refused = settings.filter(({ path }) => !allowed(path.join('.')));
  if (refused.length > 0) {
    const message = 'cannot be changed any more';
    return { ok: false, problems: problemsOf(refused.map(({ path }) => ({ path, message }))) };
  }
  return checkSpec(
    kind,
    settings.reduce<unknown>((document, { path, value }) => setAt(document, path, value), spec),
  );
}

/** A retry may change the failed step and later ones. */
export function mayChange(step: 'pool' | 'notebook'): (path: string) => boolean {
  const open = step === 'pool' ? ['pool', 'notebook', 'deadlines'] : ['notebook', 'deadlines'];
  return (path) => open.includes(path.split('.')[0] ?? '');
}

/** Copies a document with another value at a dotted path. Missing sections are created; numbers are list indexes. */
export function setPath(document: unknown, path: string, value: unknown): unknown {
  return setAt(document, path.split('.'), value);
}

function settingsOf(path: readonly string[], value: unknown): Setting[] {
  if (!isFields(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => settingsOf([...path, key], inner));
}

/** A normalised spec has `flavors`, so the short form would be a second key. */
function canonical({ path, value }: Setting): Setting {
  return path.join('.') === 'pool.flavor' ? { path: ['pool', 'flavors'], value: [value] } : { path, value };
}

function setAt(document: unknown, path: DocumentPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(document) && /^\d+$/.test(String(step))) {
    const items: unknown[] = [...document];
    const index = Math.min(Number(step), items.length);
    items[index] = setAt(items[index], rest, value);
    return items;
  }
  const fields = isFields(document) ? document : {};
  const inner = Object.hasOwn(fields, step) ? fields[step] : undefined;
  return { ...fields, [step]: setAt(inner, rest, value) };
}
