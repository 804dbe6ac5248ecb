import type { Spec } from '../contract/spec.js';
import type { Finding } from './finding.js';

/** A problem of a document. The path is dotted (`pool.flavors.1`), and empty for the document as a whole. */
export interface SpecProblem {
  readonly path: string;
  readonly message: string;
}

/** A problem of a file with its place. Line and column start at 1. */
export interface LocatedProblem extends SpecProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The normalised spec, or every problem of the document. */
export type SpecCheck<Problem extends SpecProblem = SpecProblem> =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The problems of a document, in a fixed order. */
export function problemsOf(findings: readonly Finding[]): SpecProblem[] {
  return sortProblems(findings.map(({ path, message }) => ({ path: path.join('.'), message })));
}

/** One line for each problem: `team-a.yaml:5:3 pool.netwrok: unknown key …`. */
export function describeProblems(problems: readonly (SpecProblem | LocatedProblem)[]): string {
  return problems.map(describeProblem).join('\n');
}

function describeProblem(problem: SpecProblem | LocatedProblem): string {
  const place = 'file' in problem ? `${problem.file}:${problem.line}:${problem.column} ` : '';
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** Sorts by path, with indexes as numbers. */
export function sortProblems<Problem extends SpecProblem>(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => order(a.path, b.path) || order(a.message, b.message));
}

function order(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
