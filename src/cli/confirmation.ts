import { createInterface } from 'node:readline/promises';
import { visibleText } from '../domain/visible-text.js';
import type { Context } from './context.js';

/** Where a question is asked and answered. */
interface Talk {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Breaks the question off: it throws. */
  readonly signal: AbortSignal;
}

/** Asks a person; only a whole yes counts. An input that ends without an answer is a no: else the question waited for ever. */
export async function confirm(question: string, { input, output, signal }: Talk): Promise<boolean> {
  const prompt = createInterface({ input, output });
  // A prompt takes Ctrl-C for itself; here it means what it means everywhere else.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<null>((resolve) => prompt.once('close', () => resolve(null)));
  try {
    const answer = await Promise.race([prompt.question(`${question} [yes/no] `, { signal }), ended]);
    // The cursor still stands behind the question.
    if (answer === null) output.write('\n');
    return answer?.trim().toLowerCase() === 'yes';
  } finally {
    prompt.close();
  }
}

/** Asks a person at a terminal who has seen what the question is about. Null where no person can answer. */
export async function askToContinue(
  context: Context,
  question: string,
  interruption = 'interrupted: nothing was deleted',
): Promise<boolean | null> {
  const { stdin, stdout } = context.terminal;
  if (stdin.isTTY !== true || stdout.isTTY !== true || context.json) return null;
  context.onInterrupt(interruption);
  return await confirm(visibleText(question), {
    input: process.stdin,
    output: process.stderr,
    signal: context.interrupted,
  });
}
