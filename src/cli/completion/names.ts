import { visibleText } from '../../domain/visible-text.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

/** The hidden command with which completion scripts read names. */
export const namesCommand = '__names';
export type NamedThing = 'environments' | 'schedules';
/** A person has pressed Tab, so give up early. */
const timeoutMs = 1_000;

/** Prints names, one per line. Prints nothing at all on any error. */
export async function printNames(terminal: Terminal, of: string | undefined): Promise<ExitCode> {
  let giveUp: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    giveUp = setTimeout(() => resolve([]), timeoutMs);
  });
  const names = await Promise.race([readNames(of).catch(() => []), late]);
  clearTimeout(giveUp);
  // The shell would split or interpret anything but a plain name.
  terminal.stdout.write(
    names
      .filter((name) => name === visibleText(name) && !name.includes('\n'))
      .map((name) => `${name}\n`)
      .join(''),
  );
  return exitCodes.done;
}

async function readNames(of: string | undefined): Promise<readonly string[]> {
  // Loaded here because every command line imports this file.
  const [{ openSession }, { readClientConfig }] = await Promise.all([
    import('../../client/connect.js'),
    import('../../config.js'),
  ]);
  const { operations, schedules } = await openSession(readClientConfig());
  try {
    return await (of === 'schedules' ? schedules.names() : operations.names());
  } finally {
    await operations.close();
  }
}
