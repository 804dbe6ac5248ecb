import type { z } from 'zod';
import type { ProbeCall } from '../call.js';
import { below, isRow, join, type Row } from '../rows.js';
import { type Leaf, nodeOf } from '../schema-node.js';
import type { WordRule } from '../words.js';
import { isHarmlessKey, isKeptLabel, isKeptLabelValue, isKeptText, isSecretKey } from './kept.js';
import type { Replacements } from './replacements.js';
import { isEpoch, isTimeKey, type TimeShift } from './times.js';

/** What all responses of a recording share. */
export interface AnonymiseOptions {
  readonly replacements: Replacements;
  readonly times: TimeShift;
  /** Every text of the account in lower case: a key that equals one is data. */
  readonly values: ReadonlySet<string>;
  /** Every key of our schemas. */
  readonly vocabulary: ReadonlySet<string>;
}

/** Rows of a list that are recorded. */
export const mostRecordedRows = 50;
const mostKeys = 50;
const mostUnknownItems = 3;
const mostDepth = 12;
const mostUnknownDepth = 4;

/** The recorded form of a response of `call`: structure and closed words, without data of the account. */
export function anonymise(call: ProbeCall, schema: z.ZodType, body: unknown, options: AnonymiseOptions): unknown {
  const row = call.rows === undefined ? '' : `${call.rows}[]`;
  const rules = new Map((call.words ?? []).map((rule) => [below(row, rule.at), rule]));
  const unread = new Set(
    (call.unread ?? []).map((field) => (field.startsWith('/') ? field.slice(1) : below(row, field))),
  );
  return new Anonymiser(options, rules, unread, call.operation.includes('lavors.')).value(schema, body, '', '', 0);
}

class Anonymiser {
  readonly #options: AnonymiseOptions;
  readonly #rules: ReadonlyMap<string, WordRule>;
  readonly #unread: ReadonlySet<string>;
  readonly #isFlavorRow: boolean;

  constructor(
    options: AnonymiseOptions,
    rules: ReadonlyMap<string, WordRule>,
    unread: ReadonlySet<string>,
    isFlavorRow: boolean,
  ) {
    this.#options = options;
    this.#rules = rules;
    this.#unread = unread;
    this.#isFlavorRow = isFlavorRow;
  }

  value(schema: z.ZodType, value: unknown, path: string, key: string, depth: number): unknown {
    if (value === null || value === undefined || depth > mostDepth) return null;
    if (isSecretKey(key)) return 'secret';
    const node = nodeOf(schema);
    if (node.kind === 'list') {
      const items = (item: unknown) => this.value(node.item, item, `${path}[]`, `${key}[]`, depth + 1);
      return Array.isArray(value) ? value.slice(0, mostRecordedRows).map(items) : items(value);
    }
    if (node.kind === 'map' && isRow(value)) return this.#map(value, path);
    if (node.kind === 'leaf') return this.#scalar(node.leaf, value, path, key);
    if (node.kind !== 'object' || !isRow(value)) return this.#shape(value, 0);
    const members = Object.entries(value).slice(0, mostKeys * 2);
    return Object.fromEntries(
      members.map(([name, member]) => {
        const field = Object.hasOwn(node.fields, name) ? node.fields[name] : undefined;
        const here = join(path, name);
        if (field !== undefined) return [name, this.value(field, member, here, name, depth + 1)];
        const isKept = this.#unread.has(here) || isHarmlessKey(name, this.#options.values);
        return [isKept ? name : this.#key(name), isSecretKey(name) ? 'secret' : this.#shape(member, 0)];
      }),
    );
  }

  #scalar(leaf: Leaf, value: unknown, path: string, key: string): unknown {
    const { replacements, times } = this.#options;
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      if (leaf === 'text' || leaf === 'id') return replacements.number(value);
      return leaf === 'time' || isEpoch(value) ? times.number(value) : value;
    }
    if (typeof value !== 'string') return this.#shape(value, 0);
    if (this.#rules.get(path)?.words.includes(value) === true) return value;
    const moved = leaf === 'time' || leaf === 'number' || isTimeKey(key) ? times.text(value) : null;
    if (moved !== null) return moved;
    return isKeptText(key, leaf, value, this.#isFlavorRow) ? value : replacements.text(value);
  }

  #map(map: Row, path: string): Row {
    const rule = this.#rules.get(path);
    const values = this.#rules.get(join(path, '*'));
    return Object.fromEntries(
      Object.entries(map)
        .slice(0, mostKeys)
        .map(([key, member]) => {
          const isWord = rule?.keys === true && rule.words.includes(key);
          const isKnown = isWord || isKeptLabel(key);
          const isKept =
            typeof member === 'string'
              ? values?.words.includes(member) === true || (isKnown && isKeptLabelValue(member))
              : isWord && typeof member === 'number';
          const name = isKnown ? key : this.#key(key);
          if (isSecretKey(key)) return [name, 'secret'];
          return [name, isKept ? member : this.#shape(member, 0)];
        }),
    );
  }

  /** Type and structure of a value that is not in a schema. */
  #shape(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#options.replacements.text(value);
    if (typeof value === 'number') return 0;
    if (typeof value === 'boolean') return false;
    if (value === null || value === undefined || depth >= mostUnknownDepth) return null;
    if (Array.isArray(value)) return value.slice(0, mostUnknownItems).map((item) => this.#shape(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, mostKeys)
        .map(([key, member]) => [
          this.#options.vocabulary.has(key) ? key : this.#key(key),
          isSecretKey(key) ? 'secret' : this.#shape(member, depth + 1),
        ]),
    );
  }

  #key(key: string): string {
    return this.#options.replacements.text(key);
  }
}
