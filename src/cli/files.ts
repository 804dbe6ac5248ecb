import { readFile } from 'node:fs/promises';
import { InvalidSpecError } from '../client/errors.js';
import type { ResourceKindName } from '../client/name.js';
import { specKindOf } from '../client/start.js';
import type { Spec } from '../contract/spec.js';
import { decodeUtf8 } from '../spec/encoding.js';
import { describeProblems } from '../spec/problem.js';
import { parseSpecText, parseText } from '../spec/source.js';
import { checkSweepRules } from '../spec/sweep-rules.js';
import { UsageError } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Reads and checks the spec of `-f FILE`, `-` being stdin; what is wrong is told with file, line and column. */
export async function readSpec(noun: ResourceKindName, file: string, terminal: Terminal): Promise<Spec> {
  const text = await readSource(file, terminal);
  const parsed = parseSpecText(specKindOf[noun], text, file === '-' ? 'stdin' : file);
  if (parsed.ok) return parsed.spec;
  // In the order in which a person goes through the file.
  const problems = [...parsed.problems].sort((a, b) => a.line - b.line || a.column - b.column);
  throw new InvalidSpecError(problems, { hint: otherCommand(noun, text, file) });
}

/** A spec of another noun is a frequent mistake: then the command that it is for is worth more than the problems. */
function otherCommand(noun: ResourceKindName, text: string, file: string): string | null {
  const nouns: readonly ResourceKindName[] = ['env', 'pool', 'notebook'];
  const other = nouns.find((one) => one !== noun && parseSpecText(specKindOf[one], text, file).ok);
  return other === undefined ? null : `It is a spec for \`maops ${other} create -f ${file}\`.`;
}

/** The text of a file that a command is given, `-` being stdin. */
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
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error);
    throw new UsageError(`cannot read ${file}: ${why}`);
  }
}

async function readAll(stdin: Terminal['stdin']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** Reads and checks the rules of `--rules FILE`, `-` being stdin; answers them as they are written, null without a file. */
export async function readRules(file: string | undefined, terminal: Terminal): Promise<unknown> {
  if (file === undefined) return null;
  const parsed = parseText(await readSource(file, terminal));
  if (!parsed.ok) throw new UsageError(`the rules in ${file} cannot be read: ${parsed.message}`);
  const checked = checkSweepRules(parsed.value);
  if (checked.ok) return parsed.value;
  throw new UsageError(`the rules in ${file} are not valid:\n${describeProblems(checked.problems)}`);
}
