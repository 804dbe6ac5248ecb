import {
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  type LineCounter,
  Parser,
  parseDocument,
  visit,
} from 'yaml';

/** Something wrong with a text as YAML. */
interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/** A text as YAML: the tree that places are looked up in, its value, and what is wrong. */
export interface ParsedYaml {
  readonly document: Document.Parsed;
  /** Null when the text cannot be trusted any further; what is in `problems` says why. */
  readonly value: { readonly of: unknown } | null;
  readonly problems: readonly YamlProblem[];
}

export interface YamlOptions {
  readonly lines?: LineCounter;
  /** Whether `440.10` is kept as text, because it is a version. Not for documents of amounts. @defaultValue true */
  readonly keepsNumbers?: boolean;
}

/** Deeper than any document of ours; the parser calls itself for each level and would end the process. */
const deepest = 64;

/** Reads YAML or JSON (which is YAML too), with merge keys (`<<`). */
export function parseYaml(text: string, { lines, keepsNumbers = true }: YamlOptions = {}): ParsedYaml {
  const tooDeep = offsetOfDepth(text, deepest);
  const options = { prettyErrors: false, stringKeys: true, merge: true, ...(lines ? { lineCounter: lines } : {}) };
  const document = parseDocument(tooDeep === null ? text : '', options);
  if (tooDeep !== null) {
    const message = `groups and lists are nested more than ${deepest} deep`;
    return { document, value: null, problems: [{ message, offset: tooDeep }] };
  }
  const problems = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }): YamlProblem => ({ message: messageOf(code, message), offset: pos[0] }),
  );
  // After a broken text the rest of the document cannot be trusted; a key given twice leaves it readable.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { document, value: null, problems };
  if (keepsNumbers) keepNumbersAsWritten(document);
  const references = [...aliasProblems(document), ...mergeProblems(document)];
  if (references.length > 0) return { document, value: null, problems: [...problems, ...references] };
  try {
    return { document, value: { of: document.toJS() }, problems };
  } catch (error) {
    // So many aliases of aliases that the document would explode.
    const message = `the aliases cannot be expanded: ${error instanceof Error ? error.message : String(error)}`;
    return { document, value: null, problems: [...problems, { message, offset: 0 }] };
  }
}

/** The version 440.10 must not become 440.1: a number that would read differently is kept as its text. */
function keepNumbersAsWritten(document: Document.Parsed): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && node.source !== String(node.value))
        node.value = node.source;
    },
  });
}

/** Aliases that nothing stands behind, and those inside of what they stand for, which would never end. */
function aliasProblems(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Alias: (_key, alias, path) => {
      const meant = alias.resolve(document);
      const offset = alias.range?.[0] ?? 0;
      if (meant === undefined)
        problems.push({ message: `there is no anchor &${alias.source} before this alias`, offset });
      else if (path.includes(meant)) problems.push({ message: `the alias *${alias.source} contains itself`, offset });
    },
  });
  return problems;
}

/** `<<` takes a group of keys, an alias of one, or a list of those. */
function mergeProblems(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  const isGroup = (node: unknown): boolean => isMap(isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.source !== '<<' || key.type !== 'PLAIN') return;
      const meant = isAlias(value) ? value.resolve(document) : value;
      const sources = isSeqOf(meant) ? meant.items : [value];
      if (sources.every(isGroup)) return;
      problems.push({
        message: '<< takes a group of keys, an alias of one, or a list of them',
        offset: key.range?.[0] ?? 0,
      });
    },
  });
  return problems;
}

function isSeqOf(node: unknown): node is { readonly items: readonly unknown[] } {
  return typeof node === 'object' && node !== null && 'items' in node && !isMap(node) && Array.isArray(node.items);
}

/** Where a text is nested deeper than that; null where it is not. Without calling itself, so that any depth can be told. */
function offsetOfDepth(text: string, most: number): number | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, depth: 0 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > most) return token.offset;
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return null;
}

function messageOf(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there are several documents in the file; only one is allowed';
  if (code === 'NON_STRING_KEY') return 'a key must be text';
  if (code === 'TAB_AS_INDENT') return 'Tabs are not allowed as indentation: use spaces';
  return code === 'DUPLICATE_KEY' ? 'the same key is given twice in one group' : message;
}
