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

interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/** A YAML text: the tree with the place of each value, the value, and the problems. */
export interface ParsedYaml {
  readonly document: Document.Parsed;
  /** Null when the problems make the value unreliable. */
  readonly value: { readonly of: unknown } | null;
  readonly problems: readonly YamlProblem[];
}

export interface YamlOptions {
  readonly lines?: LineCounter;
  /** Keeps `440.10` as text, because it is a version. Not for documents with amounts. @defaultValue true */
  readonly keepsNumbers?: boolean;
}

/** The parser is recursive, and a deeper document would overflow the stack. */
const deepest = 64;

/** Reads YAML or JSON (which is YAML too), with merge keys (`<<`). */
export function parseYaml(text: string, { lines, keepsNumbers = true }: YamlOptions = {}): ParsedYaml {
  const tooDeep = offsetOfDepth(text, deepest);
  const options = { prettyErrors: false, stringKeys: true, merge: true, ...(lines ? { lineCounter: lines } : {}) };
  const document = parseDocument(tooDeep === null ? text : '', options);
  if (tooDeep !== null) {
    const message = `mappings and lists are nested more than ${deepest} levels deep`;
    return { document, value: null, problems: [{ message, offset: tooDeep }] };
  }
  const problems = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }): YamlProblem => ({ message: messageOf(code, message), offset: pos[0] }),
  );
  // After a syntax error the rest is unreliable. A duplicate key leaves it readable.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { document, value: null, problems };
  if (keepsNumbers) keepNumbersAsWritten(document);
  const references = [...aliasProblems(document), ...mergeProblems(document)];
  if (references.length > 0) return { document, value: null, problems: [...problems, ...references] };
  try {
    return { document, value: { of: document.toJS() }, problems };
  } catch (error) {
    // Aliases of aliases would expand to a huge document.
    const message = `the aliases cannot be expanded: ${error instanceof Error ? error.message : String(error)}`;
    return { document, value: null, problems: [...problems, { message, offset: 0 }] };
  }
}

/** The version 440.10 must not become 440.1, so a number that would change is kept as text. */
function keepNumbersAsWritten(document: Document.Parsed): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && node.source !== String(node.value))
        node.value = node.source;
    },
  });
}

/** Aliases without an anchor, and aliases inside their own anchor, which would never end. */
function aliasProblems(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Alias: (_key, alias, path) => {
      const meant = alias.resolve(document);
      const offset = alias.range?.[0] ?? 0;
      if (meant === undefined)
        problems.push({ message: `alias *${alias.source} has no anchor &${alias.source} before it`, offset });
      else if (path.includes(meant)) problems.push({ message: `alias *${alias.source} contains itself`, offset });
    },
  });
  return problems;
}

/** `<<` takes a mapping, an alias of one, or a list of those. */
function mergeProblems(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  const isMapping = (node: unknown): boolean => isMap(isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.source !== '<<' || key.type !== 'PLAIN') return;
      const meant = isAlias(value) ? value.resolve(document) : value;
      const sources = isSeqOf(meant) ? meant.items : [value];
      if (sources.every(isMapping)) return;
      problems.push({
        message: '<< takes a mapping, an alias of one, or a list of them',
        offset: key.range?.[0] ?? 0,
      });
    },
  });
  return problems;
}

function isSeqOf(node: unknown): node is { readonly items: readonly unknown[] } {
  return typeof node === 'object' && node !== null && 'items' in node && !isMap(node) && Array.isArray(node.items);
}

/** Where a text is nested too deep, or null. Not recursive, so that no depth overflows the stack. */
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
  if (code === 'MULTIPLE_DOCS') return 'the file has several documents. Only one is allowed.';
  if (code === 'NON_STRING_KEY') return 'a key must be text';
  if (code === 'TAB_AS_INDENT') return 'tabs are not allowed as indentation. Use spaces.';
  return code === 'DUPLICATE_KEY' ? 'duplicate key' : message;
}
