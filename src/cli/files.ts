import { readFile } from 'node:fs/promises';
import { InvalidSpecError } from '../client/errors.js';
import type { ResourceKindName } from '../client/find-run.js';
import { type Spec, specKindOf } from '../contract/spec.js';
import { decodeUtf8 } from '../spec/encoding.js';
import { describeProblems } from '../spec/problem.js';
import { UsageError } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Loads the parser only for a command that reads a document. */
const loadSource = () => import('../spec/source.js');

/** Reads and checks the spec of `-f FILE`; `-` is stdin. Problems carry file, line and column. */
export async function readSpec(kind: ResourceKindName, file: string, terminal: Terminal): Promise<Spec> {
  const text = await readSource(file, terminal);
  const { parseSpecText } = await loadSource();
  const parsed = parseSpecText(specKindOf[kind], text, file === '-' ? 'stdin' : file);
  if (parsed.ok) return parsed.spec;
  // Top to bottom, as a person reads the file.
  const problems = [...parsed.problems].sort((a, b) => a.line - b.line || a.column - b.column);
  throw new InvalidSpecError(problems, { hint: await otherCommand(kind, text, file) });
}

/** Names the command for a valid spec of another kind, which is a frequent mistake. */
async function otherCommand(kind: ResourceKindName, text: string, file: string): Promise<string | null> {
  const { parseSpecText } = await loadSource();
  const kinds: readonly ResourceKindName[] = ['env', 'pool', 'notebook'];
  const other = kinds.find((one) => one !== kind && parseSpecText(specKindOf[one], text, file).ok);
  return other === undefined ? null : `This spec is for \`maops ${other} create -f ${file}\`.`;
}

/** Reads a file that must be UTF-8; `-` is stdin. */
export async function readSource(file: string, terminal: Terminal): Promise<string> {
  const decoded = decodeUtf8(file === '-' ? await readAll(terminal.stdin) : await readBytes(file));
  if (decoded.ok) return decoded.text;
  throw new UsageError(`${file === '-' ? 'stdin' : file}:${decoded.line}:${decoded.column} ${decoded.problem}`);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    const why = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a directory' : String(error);
    throw new UsageError(`cannot read ${file}: ${why}`);
  }
}

async function readAll(stdin: Terminal['stdin']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** Reads and checks the rules of `--rules FILE`; `-` is stdin. Returns them as written; null without a file. */
export async function readRules(file: string | undefined, terminal: Terminal): Promise<unknown> {
  if (file === undefined) return null;
  const [{ parseText }, { checkSweepRules }] = await Promise.all([loadSource(), import('../spec/sweep-rules.js')]);
  const parsed = parseText(await readSource(file, terminal));
  if (!parsed.ok) throw new UsageError(`cannot read the rules in ${file}: ${parsed.message}`);
  const checked = checkSweepRules(parsed.value);
  if (checked.ok) return parsed.value;
  throw new UsageError(`the rules in ${file} are not valid:\n${describeProblems(checked.problems)}`);
}
