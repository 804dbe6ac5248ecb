/** A plain JSON value. The state contains nothing else. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object with unchecked values. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Whether a value is a JSON object, and not an array, null or a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a path of keys; undefined when there is none. */
export function objectAt(value: unknown, ...path: readonly [string, ...string[]]): JsonObject | undefined {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : undefined;
}

/**
 * The value at a path of keys; undefined when there is none. Keys are literal, because labels contain dots and slashes.
 */
export function valueAt(value: unknown, ...path: readonly [string, ...string[]]): Json | undefined {
  if (!isObject(value)) return undefined;
  let here: Json | undefined = value;
  for (const key of path) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

/** The text at a path of keys; undefined when there is none. */
export function textAt(value: unknown, ...path: readonly [string, ...string[]]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** A deep copy, so that a snapshot never changes with the state. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}

/** The same object without undefined members, as in its JSON text. */
export function present<T extends object>(value: T): Present<T> {
  for (const [key, item] of Object.entries(value)) if (item === undefined) Reflect.deleteProperty(value, key);
  return value;
}

/** Members that may be undefined become optional. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
