import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** How a table fits a terminal: its last column, the one with free text, is cut or goes on below itself. */
export interface Fit {
  /** Undefined where nothing has a width: then nothing is cut. */
  readonly columns: number | undefined;
  readonly last: 'cut' | 'wrap';
  /** Where a row is too wide, the columns without room stand in lines of their own below it: nothing of an id is cut. */
  readonly fold?: boolean;
}

const gap = 2;
/** With less room than this, a text in a narrow column is worse than lines that the terminal breaks. */
const leastRoom = 20;

/** Columns of text without borders, as wide as their widest cell; a head, when there is one, is the first row. */
export function renderTable(rows: readonly (readonly string[])[], head?: readonly string[], fit?: Fit): string {
  const all = [...(head === undefined ? [] : [head]), ...rows];
  if (fit?.fold && fit.columns !== undefined && !hasRoom(all, fit.columns, fit.last))
    return fold(all, fit.columns, fit.last);
  const fitted = fit === undefined ? all : fitLast(all, fit);
  const table = new Table({
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...fitted.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Lines of a name and a value; what has no value is left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | null])[],
  columns?: number,
): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== null && field[1] !== '');
  return shown.length === 0 ? '' : renderTable(shown, undefined, { columns, last: 'wrap' });
}

/** The same rows with the last cells brought to the room that the others leave. */
function fitLast(rows: readonly (readonly string[])[], { columns, last }: Fit): readonly (readonly string[])[] {
  const widths = widthsOf(rows);
  if (columns === undefined || widths.length === 0) return rows;
  const room = columns - widthOfAll(widths.slice(0, -1));
  if (room < leastRoom) return rows;
  return rows.map((row) => {
    const cell = row[widths.length - 1];
    return cell === undefined ? row : [...row.slice(0, -1), bring(cell, room, last)];
  });
}

/** The width of each column. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_none, column) => Math.max(...rows.map((row) => widthOf(row[column]))));
}

/** What columns take, with the gap behind each of them. */
function widthOfAll(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, 0);
}

/** Whether all columns have room beside each other, the last one with as little as is bearable. */
function hasRoom(rows: readonly (readonly string[])[], columns: number, last: Fit['last']): boolean {
  const others = widthsOf(rows).slice(0, -1);
  return widthOfAll(others) + leastOf(rows, others.length, last) <= columns;
}

/** The least room in which a column of text can be read: a word of it that is not cut has to fit too. */
function leastOf(rows: readonly (readonly string[])[], column: number, last: Fit['last']): number {
  const cells = rows.map((row) => row[column] ?? '');
  const words = last === 'cut' ? [] : cells.flatMap((cell) => cell.split(/\s/));
  const longest = Math.max(leastRoom, ...words.map((word) => widthOf(word)));
  return Math.min(longest, Math.max(0, ...cells.map((cell) => widthOf(cell))));
}

/** Each row as several lines of as many columns as there is room for, those below the first indented. */
function fold(rows: readonly (readonly string[])[], columns: number, last: Fit['last']): string {
  const widths = widthsOf(rows);
  const text = widths.length - 1;
  const lines: number[][] = [];
  let used = 0;
  for (const [column, width] of widths.entries()) {
    const least = column === text ? leastOf(rows, text, last) : width;
    const line = lines.at(-1);
    if (line === undefined || used + least > columns) {
      used = lines.length === 0 ? 0 : gap;
      lines.push([column]);
    } else line.push(column);
    used += width + gap;
  }
  const folded = rows.flatMap((row) =>
    lines.map((line, below) => {
      const start = below === 0 ? '' : ' '.repeat(gap);
      const before = line.filter((column) => column !== text);
      const beside = before.map((column) => pad(row[column] ?? '', (widths[column] ?? 0) + gap)).join('');
      if (!line.includes(text)) return `${start}${beside}`.trimEnd();
      const offset = widthOf(start) + widthOf(beside);
      const whole = bring(row[text] ?? '', columns - offset, last).replaceAll('\n', `\n${' '.repeat(offset)}`);
      return `${start}${beside}${whole}`.trimEnd();
    }),
  );
  return folded.filter((line) => line !== '').join('\n');
}

function pad(cell: string, width: number): string {
  return `${cell}${' '.repeat(Math.max(0, width - widthOf(cell)))}`;
}

/** A cell in the room that there is for it. */
function bring(cell: string, room: number, how: Fit['last']): string {
  if (widthOf(cell) <= room) return cell;
  return how === 'cut' ? `${cell.slice(0, room - 1)}…` : wrap(cell, room);
}

/** A text brought to the width of the terminal, line by line; as it is where there is no width. */
export function wrapText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrap(line, columns)))
    .join('\n');
}

/** Whether a text of several lines is no wider than the terminal. */
export function isWithin(text: string, columns: number | undefined): boolean {
  return columns === undefined || text.split('\n').every((line) => widthOf(line) <= columns);
}

/** Breaks between words only: what is copied, a URL or a command in backticks, stays in one piece where it can. */
function wrap(text: string, room: number): string {
  const lines: string[] = [];
  for (const word of piecesOf(text, room)) {
    const line = lines.at(-1);
    if (line === undefined || widthOf(line) + 1 + widthOf(word) > room) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

function piecesOf(text: string, room: number): string[] {
  const pieces = text.match(/\S*`[^`]+`\S*|\S+/g) ?? [];
  return pieces.flatMap((piece) => (widthOf(piece) > room ? piece.split(' ') : [piece]));
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}
