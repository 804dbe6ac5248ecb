/** The way to a value inside a document: keys and indexes. Kept apart until the end, because a key may contain a dot. */
export type Way = readonly (string | number)[];

/** Something wrong with the value at `way`, before it becomes a problem with a dotted path. */
export interface Finding {
  readonly way: Way;
  readonly message: string;
}

/** A section of a document that may be wrong in any way: rules read it without trusting it. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The section under a key; an empty one when there is none, so that a rule need not ask. */
export function sectionAt(fields: Fields, key: string): Fields {
  const value = fields[key];
  return isFields(value) ? value : {};
}

/** The list under a key, or an empty one. */
export function listAt(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  return Array.isArray(value) ? value : [];
}

/** The value at a way; undefined where the document ends before it. */
export function valueAt(document: unknown, way: Way): unknown {
  return way.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
    return isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, document);
}
