/** One figure of a benchmark. */
export interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** The most that the value should be; null for a figure that is only reported. */
  readonly goal: number | null;
}

/** Renders rows as a table; a missed goal is marked. */
export function renderRows(rows: readonly Row[]): string {
  const cells = rows.map(({ measure, value, unit, goal }) => [
    measure,
    `${value} ${unit}`,
    goal === null ? '' : `${goal} ${unit}`,
    goal === null || value <= goal ? '' : 'missed',
  ]);
  const table = [['measure', 'value', 'goal', ''], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
