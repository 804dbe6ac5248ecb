/** The keys and indexes that lead to a value. Not a dotted path, because a key may contain a dot. */
export type DocumentPath = readonly (string | number)[];

/** A problem of the value at `path`. */
export interface Finding {
  readonly path: DocumentPath;
  readonly message: string;
}

/** A section of a document that is not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The section under a key, or an empty one. */
export function sectionAt(fields: Fields, key: string): Fields {
  const value = fields[key];
  return isFields(value) ? value : {};
}

/** The list under a key, or an empty one. */
export function listAt(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  return Array.isArray(value) ? value : [];
}

/** The value at a path, or undefined. */
export function valueAt(document: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
    return isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, document);
}
