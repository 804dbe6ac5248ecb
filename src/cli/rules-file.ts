import { describeProblems } from '../spec/problem.js';
import { parseText } from '../spec/source.js';
import { checkSweepRules } from '../spec/sweep-rules.js';
import { UsageError } from './exit-codes.js';
import { readSource } from './spec-file.js';
import type { Terminal } from './terminal.js';

/** Reads and checks the rules of `--rules FILE`, `-` being stdin; answers them as they are written, null without a file. */
export async function readRules(file: string | undefined, terminal: Terminal): Promise<unknown> {
  if (file === undefined) return null;
  const parsed = parseText(await readSource(file, terminal));
  if (!parsed.ok) throw new UsageError(`the rules in ${file} cannot be read: ${parsed.message}`);
  const checked = checkSweepRules(parsed.value);
  if (checked.ok) return parsed.value;
  throw new UsageError(`the rules in ${file} are not valid:\n${describeProblems(checked.problems)}`);
}
