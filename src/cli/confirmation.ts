import { createInterface } from 'node:readline/promises';
import { visibleText } from '../domain/visible-text.js';
import type { Context } from './context.js';

/** Streams of a question. */
interface Prompt {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Ends the question with an error. */
  readonly signal: AbortSignal;
}

/**
 * Asks a question; only `yes` counts. An input that ends without an answer means no, or the question would wait
 * forever.
 */
export async function confirm(question: string, { input, output, signal }: Prompt): Promise<boolean> {
  const prompt = createInterface({ input, output });
  // The prompt swallows Ctrl-C, so pass it on.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<null>((resolve) => prompt.once('close', () => resolve(null)));
  try {
    const answer = await Promise.race([prompt.question(`${question} [yes/no] `, { signal }), ended]);
    // The cursor is still behind the question.
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
