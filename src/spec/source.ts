import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Pair } from 'yaml';
import type { SpecKind } from '../contract/spec.js';
import { documentLimit } from '../domain/text.js';
import { findProblems } from './check.js';
import type { DocumentPath } from './finding.js';
import { type LocatedProblem, type SpecCheck, sortProblems } from './problem.js';
import { parseYaml, type YamlOptions } from './yaml.js';

/** Checks a spec in YAML or JSON, which is YAML too. Every problem has its file, line and column. */
export function parseSpecText(kind: SpecKind, text: string, filename: string): SpecCheck<LocatedProblem> {
  const large = tooLargeText(text);
  if (large !== null)
    return { ok: false, problems: [{ path: '', message: large, file: filename, line: 1, column: 1 }] };
  const lines = new LineCounter();
  const { document, value, problems } = parseYaml(text, { lines });
  const at = (offset: number) => ({ file: filename, ...placeOf(lines, offset) });
  const syntax = problems.map(({ message, offset }): LocatedProblem => ({ path: '', message, ...at(offset) }));
  if (value === null) return { ok: false, problems: syntax };
  const checked = findProblems(kind, value.of);
  if (checked.ok && syntax.length === 0) return checked;
  const findings = checked.ok ? [] : checked.findings;
  const located = findings.map(
    ({ path, message }): LocatedProblem => ({ path: path.join('.'), message, ...at(offsetOf(document, path)) }),
  );
  return { ok: false, problems: [...syntax, ...sortProblems(located)] };
}

/** Four times the limit of a document, because a file also has comments and indentation. */
function tooLargeText(text: string): string | null {
  const size = Buffer.byteLength(text);
  const most = 4 * documentLimit;
  if (size <= most) return null;
  return `the file has ${size} bytes. The limit is ${most} bytes (${most / 1024} KiB) with comments, and ${documentLimit / 1024} KiB without.`;
}

/** Reads YAML or JSON that is not a spec, such as the rules of a sweep. The caller checks its content. */
export function parseText(
  text: string,
  options: Pick<YamlOptions, 'keepsNumbers'> = {},
): { ok: true; value: unknown } | { ok: false; message: string } {
  const large = tooLargeText(text);
  if (large !== null) return { ok: false, message: large };
  const lines = new LineCounter();
  const { value, problems } = parseYaml(text, { ...options, lines });
  const [problem] = problems;
  if (problem === undefined && value !== null) return { ok: true, value: value.of };
  const { line, column } = placeOf(lines, problem?.offset ?? 0);
  return { ok: false, message: `line ${line}, column ${column}: ${problem?.message ?? 'not YAML'}` };
}

/** Reads `pool.count=3` with a YAML value; null when the `=` or the path is missing. */
export function parseAssignment(text: string): { readonly path: string; readonly value: unknown } | null {
  const [, path, written] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined || written === undefined) return null;
  const { value, problems } = parseYaml(written);
  return { path, value: value !== null && problems.length === 0 ? value.of : written };
}

function placeOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The place of the key, or of the nearest section around a missing one. */
function offsetOf(document: Document.Parsed, path: DocumentPath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
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
