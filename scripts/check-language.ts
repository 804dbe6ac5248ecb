import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reports words that this project has replaced by the field's own, with file, line and the word to use, and comments of
 * code that are wider than 120 columns, which the formatter leaves alone. Exits with 1 when it finds something.
 * The patterns are written with `[x]` so that this file does not match them. Words that are fixed, such as keys of the
 * audit's JSON and of the Temporal server's configuration, are left out of their pattern.
 */

interface Rule {
  readonly pattern: string;
  readonly use: string;
}

/** Matched without regard to case, in the text as it is and with camel-case names split into words. */
const rules: readonly Rule[] = [
  { pattern: '\\b(open)?[d]esks?\\b', use: 'handlers' },
  { pattern: '[e]rrands?', use: 'background task' },
  { pattern: '\\b(read)?[c]laims?\\b', use: 'ownership' },
  {
    pattern: '[s]tanding(s|Of|End)|\\b(const|let|lease:|the) [s]tanding\\b',
    use: 'OwnershipStatus, or progress',
  },
  { pattern: '\\b[s]tor(y|ies)\\b', use: 'history, or scenario' },
  { pattern: '[t]imeline', use: 'history' },
  { pattern: '\\b[s]peak(er|ing|s)?\\b|\\b[s]poken\\b|commandO[f]\\b', use: 'command' },
  { pattern: '\\b[s]aid\\b', use: 'sent, reported or printed' },
  { pattern: '[s]trangers?', use: 'foreign resource, or another user' },
  { pattern: '[w]ay[- ]?back', use: 'rollback' },
  { pattern: '\\bcall(s|ed|ing)?(?:[- ]\\w+)?[- ]?[o]ff\\b', use: 'cancel' },
  { pattern: '[e]ntrust', use: 'transferToLease' },
  {
    pattern: 'MAOPS_[S]ETTLE|\\b[s]ettle ?(Ms|time|window|period)|\\b[s]ettling (time|window|period)',
    use: 'consistency window',
  },
  { pattern: '[s]ightings?', use: 'observation' },
  { pattern: '\\b(is)?[n]ews\\b', use: 'significant change' },
  { pattern: '\\b[p]ark(s|ed|ing)?\\b', use: 'await a decision' },
  { pattern: '[s]urplus', use: 'duplicate' },
  { pattern: '(?<!\\bin )\\b[d]oubt(s|ed|ful)?\\b|isD[o]ubt', use: 'unconfirmed' },
  { pattern: '\\b[p]ersist(s|ence)?\\b(?!: \\{)', use: 'retryForever' },
  { pattern: '[o]bedience|[o]beys?Protection', use: 'respectProtection' },
  { pattern: '\\b[m]akers?\\b', use: 'creating operations' },
  { pattern: '\\b[l]anes?\\b|\\beach[O]f\\b', use: 'p-map, or concurrency' },
  { pattern: '[r]oster', use: 'listEnvironments' },
  { pattern: 'refused-[c]reate', use: 'create-conflict' },
  { pattern: '\\.is[E]nding\\b|is[E]nding\\??:', use: 'isRemovalPending' },
  { pattern: '\\bnote[S]ignal\\b', use: 'announceCancel, protectionChanged or refresh' },
  { pattern: '\\b[f]ates?\\b', use: 'planned outcomes' },
  { pattern: '\\b[d]eeds?\\b', use: 'actions' },
  { pattern: '\\b[d]ice\\b', use: 'random numbers' },
  { pattern: '\\b[s]tirs?\\b|\\b[s]tirred\\b', use: 'activity counter' },
  { pattern: '[f]urnish', use: 'seed' },
  { pattern: '[g]ate-?[k]eepers?', use: 'auth' },
  { pattern: '\\b[e]xchanges?\\b', use: 'pipeline, or request' },
  { pattern: '[t]orture', use: 'chaos' },
  { pattern: '\\b[n]ouns?\\b', use: 'kind' },
  { pattern: 'as the pages? [s]ays?', use: 'a link into docs/api' },
  { pattern: '[d]esign section', use: 'a link into docs' },
  { pattern: '\\b[w]hat (it|they|this|that|each) [c]ame to\\b', use: 'the outcome' },
  { pattern: '\\bgoes on (with|as)\\b', use: 'continues' },
  { pattern: "\\b[s]omebody['’]s\\b", use: "another user's" },
  { pattern: '\\bunless [t]old\\b', use: 'by default' },
  { pattern: '\\b(is|are|was|were) [t]old\\b(?! apart)', use: 'is notified' },
  { pattern: '\\b[m]end(s|ed|ing)?\\b', use: 'fix' },
];

const roots = ['src', 'test', 'scripts', 'bench', 'docs', 'README.md', 'CONTRIBUTING.md'];
/** A line of a comment, but not of a text in code. */
const comment = /^ *(\/\*\*|\*|\/\/) (?!.*oxlint)/;
const skipped = /^docs\/api\/|^test\/replay\/histories\/|^docs\/schema\//;

function filesBelow(path: string): string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
  );
}

const found: string[] = [];
for (const file of roots
  .flatMap(filesBelow)
  .filter((path) => !skipped.test(path) && /\.(ts|js|md|sh|ya?ml)$/.test(path))) {
  const lines = [file, ...readFileSync(file, 'utf8').split('\n')];
  for (const [number, line] of lines.entries()) {
    if (line.length > 120 && file.endsWith('.ts') && comment.test(line))
      found.push(`${file}:${number}: wrap the comment at 120`);
    const text = `${line}\n${line.replaceAll(/([a-z])([A-Z])/g, '$1 $2')}`;
    for (const { pattern, use } of rules) {
      const word = new RegExp(pattern, 'i').exec(text)?.[0];
      if (word !== undefined) found.push(`${file}:${number === 0 ? 'name' : number}: "${word}": use ${use}`);
    }
  }
}
for (const line of found) console.error(line);
if (found.length > 0) process.exitCode = 1;
