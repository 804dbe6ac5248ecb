import type { Check } from '../checks.js';
import type { View } from './progress.js';
import { renderTable } from './table.js';

/** One row per check, with what to do under those that failed. */
export function renderChecks(checks: readonly Check[], { colors, columns }: Pick<View, 'colors' | 'columns'>): string {
  const paint = { ok: colors.green, failed: colors.red, skipped: colors.dim };
  const rows = checks.flatMap(({ check, state, finding, hint }) => [
    [paint[state](state), check, finding],
    ...(hint === null ? [] : [['', '', `-> ${hint}`]]),
  ]);
  return renderTable(rows, undefined, { columns, last: 'wrap' });
}
