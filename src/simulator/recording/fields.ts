import { isObject, type JsonObject, valueAt } from '../json.js';
import type { TextMap } from '../records.js';

type Path = readonly [string, ...string[]];

/** A map of texts; empty when there is none. */
export function textMapAt(row: JsonObject, ...path: Path): TextMap {
  const map: TextMap = {};
  const found = valueAt(row, ...path);
  for (const [key, value] of Object.entries(isObject(found) ? found : {})) {
    if (value !== undefined && value !== null && typeof value !== 'object') map[key] = String(value);
  }
  return map;
}

/** A list of texts; empty when there is none. */
export function textsAt(row: JsonObject, ...path: Path): string[] {
  const found = valueAt(row, ...path);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

/** The rows of a list. A single object counts as a list of one. */
export function rowsAt(row: JsonObject, ...path: Path): JsonObject[] {
  const found = valueAt(row, ...path);
  return (Array.isArray(found) ? found : [found]).filter(isObject);
}

/** A number, also as text; `otherwise` when there is none. */
export function numberAt(row: JsonObject, otherwise: number, ...path: Path): number {
  const number = Number(valueAt(row, ...path) ?? Number.NaN);
  return Number.isFinite(number) ? number : otherwise;
}

/** A time in any form as milliseconds since the epoch; `otherwise` when there is none. */
export function timeAt(row: JsonObject, otherwise: number, ...path: Path): number {
  const found = valueAt(row, ...path);
  const text = typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) && ms > 0 ? ms : otherwise;
}
