import type { Spec } from '../contract/spec.js';

/** One thing that is wrong with a document; `path` is dotted (`pool.flavors.1`), empty for the document as a whole. */
export interface SpecProblem {
  readonly path: string;
  readonly message: string;
}

/** A problem of a text, with the place that a person has to look at (both count from 1). */
export interface LocatedProblem extends SpecProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Either the normalised spec or everything that is wrong, never only the first problem. */
export type SpecCheck<Problem extends SpecProblem = SpecProblem> =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The lines that people read, one for each problem: `team-a.yaml:5:3 pool.netwrok: unknown key …`. */
export function describeProblems(problems: readonly (SpecProblem | LocatedProblem)[]): string {
  return problems.map(describeProblem).join('\n');
}

function describeProblem(problem: SpecProblem | LocatedProblem): string {
  const place = 'file' in problem ? `${problem.file}:${problem.line}:${problem.column} ` : '';
  return `${place}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** Sorts by path, so that the same document always gives the same list; indexes count as numbers. */
export function sortProblems<Problem extends SpecProblem>(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => order(a.path, b.path) || order(a.message, b.message));
}

function order(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
