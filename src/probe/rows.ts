/** A JSON object. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a text in a row; null when there is none. */
export function textIn(...path: readonly string[]): (row: Row) => string | null {
  return (row) => {
    const found = valueAt(row, path);
    return typeof found === 'string' && found !== '' ? found : null;
  };
}

/** The rows of a list response; none when they are missing. `key` is a path such as `statistics.items`. */
export function rowsOf(body: unknown, key: string): Row[] {
  const found = valueAt(body, key.split('.'));
  return Array.isArray(found) ? found.filter(isRow) : [];
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (isRow(here) ? here[key] : undefined), value);
}

/** A path below a row, or below the root when `row` is empty. */
export function below(row: string, path: string): string {
  return row === '' ? path : `${row}.${path}`;
}

export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
