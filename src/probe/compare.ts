import type { z } from 'zod';
import { withoutNulls } from '../modelarts/schemas/tolerant.js';
import { below, isRow, join, type Row } from './rows.js';
import { nodeOf, type SchemaNode } from './schema-node.js';
import type { WordRule } from './words.js';

/** One difference between a response and what is known about it. */
export interface Difference {
  readonly kind: 'unknownField' | 'unknownWord' | 'otherType' | 'unreadable';
  /** Such as `items[].status.phase`. */
  readonly path: string;
  /** The unknown word, the type of the value, or why the response is unreadable. */
  readonly value: string;
}

/** What is known about a response besides its schema. */
export interface Known {
  readonly words?: readonly WordRule[] | undefined;
  /** Documented fields that are not in the schema. Below a row, or below the root with `/` in front. */
  readonly unread?: readonly string[] | undefined;
  /** The path of a row, such as `items[]`; paths of words and fields are below it. */
  readonly row: string;
}

/** Rows of a list that are looked at. */
const mostRows = 200;
const mostDifferences = 500;
const mostDepth = 12;
const longestText = 60;
const longestPath = 120;

/** Compares a response with its schema and the known words. Pure. */
export function compare(schema: z.ZodType, body: unknown, known: Known): Difference[] {
  const comparison = new Comparison(known);
  comparison.visit(schema, body, '', 0);
  const parsed = schema.safeParse(withoutNulls(body));
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  if (issue !== undefined) comparison.add('unreadable', issue.path.map(String).join('.'), issue.message);
  return comparison.found;
}

/** A walk through a schema and a value side by side. */
class Comparison {
  readonly found: Difference[] = [];
  readonly #rules: ReadonlyMap<string, WordRule>;
  readonly #unread: ReadonlySet<string>;

  constructor({ words = [], unread = [], row }: Known) {
    this.#rules = new Map(words.map((rule) => [below(row, rule.at), rule]));
    this.#unread = new Set(unread.map((field) => (field.startsWith('/') ? field.slice(1) : below(row, field))));
  }

  add(kind: Difference['kind'], path: string, value: string): void {
    if (this.found.length < mostDifferences) this.found.push({ kind, path, value: value.slice(0, longestText) });
  }

  visit(schema: z.ZodType, value: unknown, path: string, depth: number): void {
    if (value === null || value === undefined || depth > mostDepth) return;
    const node = nodeOf(schema);
    if (node.kind === 'any') return;
    if (node.kind === 'list') this.#visitList(node, value, path, depth);
    else if (node.kind === 'leaf') this.#visitLeaf(node, value, path);
    else if (!isRow(value)) this.add('otherType', path, typeName(value));
    else if (node.kind === 'map') this.#visitMap(value, path);
    else this.#visitFields(node.fields, value, path, depth);
  }

  #visitList(node: SchemaNode & { kind: 'list' }, value: unknown, path: string, depth: number): void {
    if (!Array.isArray(value) && !(node.isTolerant && isRow(value))) {
      this.add('otherType', path, typeName(value));
      return;
    }
    const items: unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items.slice(0, mostRows)) {
      this.#checkWord(`${path}[]`, item);
      if (node.isTolerant && item !== null && !node.item.safeParse(withoutNulls(item)).success)
        this.add('otherType', `${path}[]`, typeName(item));
      this.visit(node.item, item, `${path}[]`, depth + 1);
    }
  }

  #visitLeaf({ leaf, schema }: SchemaNode & { kind: 'leaf' }, value: unknown, path: string): void {
    this.#checkWord(path, value);
    // An empty text and a zero time mean that there is no value.
    if (value === '' || (leaf === 'time' && Number(value) === 0)) return;
    const parsed = schema.safeParse(value);
    if (parsed.success && parsed.data === undefined) this.add('otherType', path, typeName(value));
  }

  #visitMap(map: Row, path: string): void {
    const rule = this.#rules.get(path);
    for (const [key, member] of Object.entries(map)) {
      if (rule?.keys === true && !rule.words.includes(key)) this.add('unknownWord', path, key);
      this.#checkWord(join(path, '*'), member);
    }
  }

  #visitFields(fields: Readonly<Record<string, z.ZodType>>, value: Row, path: string, depth: number): void {
    for (const [key, member] of Object.entries(value)) {
      const here = join(path, key);
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field !== undefined) this.visit(field, member, here, depth + 1);
      else if (!this.#unread.has(here)) this.add('unknownField', here.slice(0, longestPath), typeName(member));
    }
  }

  #checkWord(path: string, value: unknown): void {
    const rule = this.#rules.get(path);
    if (rule === undefined || rule.keys === true || value === '') return;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return;
    if (!rule.words.includes(String(value))) this.add('unknownWord', path, String(value));
  }
}

/** The JSON type of a value. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
