import { renderTable } from './table.js';
import type { View } from './view.js';

/** One row of `maops doctor`. */
export interface Check {
  readonly check: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly finding: string;
  /** What to do about a failure. */
  readonly hint: string | null;
}

/** One row per check, with the hint below a failed one. */
export function renderChecks(checks: readonly Check[], { colors, columns }: Pick<View, 'colors' | 'columns'>): string {
  const paint = { ok: colors.green, failed: colors.red, skipped: colors.dim };
  const rows = checks.flatMap(({ check, state, finding, hint }) => [
    [paint[state](state), check, finding],
    ...(hint === null ? [] : [['', '', `-> ${hint}`]]),
  ]);
  return renderTable(rows, undefined, { columns, last: 'wrap' });
}
