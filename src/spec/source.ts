import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { SpecKind } from '../contract/spec.js';
import { documentLimit } from '../domain/text.js';
import { inspect } from './check.js';
import type { Way } from './finding.js';
import { type LocatedProblem, type SpecCheck, sortProblems } from './problem.js';

/** Checks a spec written as YAML or JSON (which is YAML too); every problem names its file, line and column. */
export function parseSpecText(kind: SpecKind, text: string, filename: string): SpecCheck<LocatedProblem> {
  const large = tooLargeText(text);
  if (large !== null)
    return { ok: false, problems: [{ path: '', message: large, file: filename, line: 1, column: 1 }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: filename, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = [...document.errors, ...document.warnings].map(
    (error): LocatedProblem => ({ path: '', message: syntaxMessage(error.code, error.message), ...at(error.pos[0]) }),
  );
  // After a broken text the rest of the document cannot be trusted; a key given twice leaves it readable.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, problems: syntax };
  const value = read(document);
  if (!value.ok) return { ok: false, problems: [{ path: '', message: value.message, ...at(0) }] };
  const checked = inspect(kind, value.value);
  if (checked.ok && syntax.length === 0) return checked;
  const findings = checked.ok ? [] : checked.findings;
  const located = findings.map(
    ({ way, message }): LocatedProblem => ({ path: way.join('.'), message, ...at(offsetOf(document, way)) }),
  );
  return { ok: false, problems: [...syntax, ...sortProblems(located)] };
}

/** Comments and indentation count in a file and not in its document; what is far beyond its limit is not worth reading. */
function tooLargeText(text: string): string | null {
  const size = Buffer.byteLength(text);
  const most = 4 * documentLimit;
  if (size <= most) return null;
  return `the file has ${size} bytes; at most ${most} (${most / 1024} KiB) are read, and ${documentLimit / 1024} KiB of them may be the document`;
}

/** Reads YAML or JSON that is no spec, such as the rules of a sweep; what it may say is for the caller to check. */
export function parseText(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  const large = tooLargeText(text);
  if (large !== null) return { ok: false, message: large };
  const document = parseDocument(text, { prettyErrors: true, stringKeys: true });
  const [error] = document.errors;
  return error === undefined ? read(document) : { ok: false, message: syntaxMessage(error.code, error.message) };
}

/** Reads `pool.count=3`, the value being YAML as in a file; null when there is no `=` or no path. */
export function parseAssignment(text: string): { readonly path: string; readonly value: unknown } | null {
  const [, path, written] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined || written === undefined) return null;
  const document = parseDocument(written);
  const value = document.errors.length === 0 ? read(document) : null;
  return { path, value: value?.ok ? value.value : written };
}

function read(document: Document.Parsed): { ok: true; value: unknown } | { ok: false; message: string } {
  keepNumbersAsWritten(document);
  try {
    return { ok: true, value: document.toJS() };
  } catch (error) {
    // An alias without an anchor, or so many that the document would explode.
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The version 440.10 must not become 440.1: a number that would read differently is kept as its text. */
function keepNumbersAsWritten(document: Document.Parsed): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && node.source !== String(node.value))
        node.value = node.source;
    },
  });
}

/** Where a person has to look: at the key itself, or at the nearest section around what is missing. */
function offsetOf(document: Document.Parsed, way: Way): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of way) {
    const next = isSeq(node)
      ? node.items[Number(step)]
      : isMap(node)
        ? node.items.find((pair) => hasKey(pair, step))
        : undefined;
    if (next === undefined) break;
    const place = isPair(next) ? next.key : next;
    offset = startOf(place) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function hasKey(pair: Pair, step: string | number): boolean {
  return (isScalar(pair.key) ? pair.key.value : pair.key) === step;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there are several documents in the file; a spec is one';
  return code === 'DUPLICATE_KEY' ? 'the same key is given twice in one group' : message;
}
