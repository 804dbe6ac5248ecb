/** A plain JSON value: the only thing that enters or leaves the simulator's state. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object whose values have not been looked at yet. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Tells a JSON object from arrays, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object found at a path of keys, or undefined when anything on the way is not an object. */
export function objectAt(value: unknown, ...path: readonly [string, ...string[]]): JsonObject | undefined {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : undefined;
}

/** The value found at a path of keys; labels contain dots and slashes, so every key is taken literally. */
export function valueAt(value: unknown, ...path: readonly [string, ...string[]]): Json | undefined {
  if (!isObject(value)) return undefined;
  let here: Json | undefined = value;
  for (const key of path) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

/** The text found at a path of keys, or undefined. */
export function textAt(value: unknown, ...path: readonly [string, ...string[]]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** A deep copy of plain JSON, so that a snapshot never shares structure with the living state. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}

/** The same object without the keys whose value is undefined, so that an answer never differs from its JSON text. */
export function present<T extends object>(value: T): T {
  for (const [key, item] of Object.entries(value)) if (item === undefined) Reflect.deleteProperty(value, key);
  return value;
}
