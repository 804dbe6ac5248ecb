import { cutText, widestOf, widthOf, wrapText } from './width.js';

/** How a table fits a terminal: its last column, which has free text, is cut or wrapped. */
export interface Fit {
  /** Width of the terminal; undefined without a limit. */
  readonly columns: number | undefined;
  readonly last: 'cut' | 'wrap';
}

type Rows = readonly (readonly string[])[];

const gap = 2;
/** A narrower text column moves to a line of its own. */
const leastRoom = 20;
/** Replaces a line break in a cell with cells to its right. */
const lineBreak = '␤';

/**
 * Columns of text without borders, as wide as their widest cell, with an optional head. When a row is too wide, columns
 * move to lines below it, so that no id is cut.
 */
export function renderTable(rows: Rows, head?: readonly string[], fit?: Fit): string {
  const all = [...(head === undefined ? [] : [head]), ...rows].map((row) => withoutBreaks(row, fit));
  const widths = widthsOf(all);
  const { columns, last = 'wrap' } = fit ?? {};
  const text = widths.length - 1;
  const lines = columns === undefined ? [widths.map((_width, column) => column)] : linesOf(all, columns, last);
  const rendered = all.flatMap((row) =>
    lines
      .map((line, below) => {
        const indent = below === 0 ? 0 : gap;
        const cells = line.map((column) => {
          const before = line.filter((other) => other < column).map((other) => widths[other] ?? 0);
          const room = columns === undefined ? undefined : columns - indent - widthOfAll(before);
          return fitCell(row[column] ?? '', room, column === text ? last : 'wrap');
        });
        return joinCells(
          cells,
          line.map((column) => widths[column] ?? 0),
          indent,
        );
      })
      .filter((block) => block !== ''),
  );
  return rendered.join('\n');
}

/** Lines of a name and a value, without those that have no value. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | null])[],
  columns?: number,
): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== null && field[1] !== '');
  return shown.length === 0 ? '' : renderTable(shown, undefined, { columns, last: 'wrap' });
}

/** Whether all columns fit on one line, the last one at its least width. */
export function hasRoom(rows: Rows, columns: number | undefined, last: Fit['last'] = 'wrap'): boolean {
  return columns === undefined || linesOf(rows, columns, last).length === 1;
}

/** Only a wrapped last column may have several lines. */
function withoutBreaks(row: readonly string[], fit: Fit | undefined): readonly string[] {
  const free = fit?.last === 'cut' ? row.length : row.length - 1;
  return row.map((cell, column) => (column < free ? cell.replaceAll('\n', lineBreak) : cell));
}

/** The width of each column. */
function widthsOf(rows: Rows): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_none, column) => Math.max(...rows.map((row) => widestOf(row[column]))));
}

/** The width of columns with the gap after each. */
function widthOfAll(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, 0);
}

/** The columns on each line of a row: as many as fit. */
function linesOf(rows: Rows, columns: number, last: Fit['last']): number[][] {
  const widths = widthsOf(rows);
  const lines: number[][] = [];
  let used = 0;
  for (const [column, width] of widths.entries()) {
    const least = column === widths.length - 1 ? leastOf(rows, column, last, columns - gap) : width;
    const line = lines.at(-1);
    if (line === undefined || used + least > columns) {
      used = lines.length === 0 ? 0 : gap;
      lines.push([column]);
    } else line.push(column);
    used += width + gap;
  }
  return lines;
}

/** The least width of a text column: unbreakable words must fit. */
function leastOf(rows: Rows, column: number, last: Fit['last'], most: number): number {
  const cells = rows.map((row) => row[column] ?? '');
  const words =
    last === 'cut' ? [] : cells.flatMap((cell) => cell.split(/\s/)).filter((word) => isUnbreakable(word, most));
  const longest = Math.max(leastRoom, ...words.map((word) => widthOf(word)));
  return Math.min(longest, Math.max(0, ...cells.map((cell) => widestOf(cell))));
}

/** Chinese and Japanese text can be broken anywhere, and so must a word that is longer than a line. */
function isUnbreakable(word: string, most: number): boolean {
  return /^[ -~]*$/.test(word) && widthOf(word) <= most;
}

/** Joins cells of one or more lines side by side. */
function joinCells(cells: readonly string[], widths: readonly number[], indent: number): string {
  const parts = cells.map((cell) => cell.split('\n'));
  const height = Math.max(1, ...parts.map((part) => part.length));
  return Array.from({ length: height }, (_none, line) => {
    const padded = parts.map((part, index) => pad(part[line] ?? '', (widths[index] ?? 0) + gap));
    return `${' '.repeat(indent)}${padded.join('')}`.trimEnd();
  }).join('\n');
}

function pad(cell: string, width: number): string {
  return `${cell}${' '.repeat(Math.max(0, width - widthOf(cell)))}`;
}

/** Cuts or wraps a cell to its width. */
function fitCell(cell: string, room: number | undefined, how: Fit['last']): string {
  if (room === undefined) return cell;
  return how === 'cut' ? cutText(cell, room) : wrapText(cell, room);
}
