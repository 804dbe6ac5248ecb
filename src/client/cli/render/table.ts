import Table from 'cli-table3';

/** Columns of text without borders, as wide as their widest cell; a head, when there is one, is the first row. */
export function renderTable(rows: readonly (readonly string[])[], head?: readonly string[]): string {
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
  table.push(...[...(head === undefined ? [] : [head]), ...rows].map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Lines of a name and a value; what has no value is left out. */
export function renderFields(fields: readonly (readonly [name: string, value: string | null])[]): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== null && field[1] !== '');
  return shown.length === 0 ? '' : renderTable(shown);
}
