import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** How a table fits a terminal: its last column, the one with free text, is cut or goes on below itself. */
export interface Fit {
  /** Undefined where nothing has a width: then nothing is cut. */
  readonly columns: number | undefined;
  readonly last: 'cut' | 'wrap';
}

const gap = 2;
/** With less room than this, a text in a narrow column is worse than lines that the terminal breaks. */
const leastRoom = 20;

/** Columns of text without borders, as wide as their widest cell; a head, when there is one, is the first row. */
export function renderTable(rows: readonly (readonly string[])[], head?: readonly string[], fit?: Fit): string {
  const all = [...(head === undefined ? [] : [head]), ...rows];
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
  const count = Math.max(0, ...rows.map((row) => row.length));
  if (columns === undefined || count === 0) return rows;
  const others = Array.from({ length: count - 1 }, (_none, column) =>
    Math.max(...rows.map((row) => widthOf(row[column]))),
  );
  const room = columns - others.reduce((sum, width) => sum + width + gap, 0);
  if (room < leastRoom) return rows;
  return rows.map((row) => {
    const cell = row[count - 1];
    if (cell === undefined || widthOf(cell) <= room) return row;
    return [...row.slice(0, -1), last === 'cut' ? `${cell.slice(0, room - 1)}…` : wrap(cell, room)];
  });
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

/** Breaks between words only: what is copied, as a URL, stays in one piece. */
function wrap(text: string, room: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || widthOf(line) + 1 + widthOf(word) > room) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}
