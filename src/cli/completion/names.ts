import { visibleText } from '../../domain/visible-text.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

/** What completion scripts call for names, with the word for what they are of; not for people, so no help names it. */
export const namesCommand = '__names';
export type NamedThing = 'environments' | 'schedules';
/** Somebody has pressed Tab: without an answer by then, there is none. */
const patienceMs = 1_000;

/** Prints names, one a line; whatever goes wrong, it prints nothing and says nothing. */
export async function printNames(terminal: Terminal, of: string | undefined): Promise<ExitCode> {
  let giveUp: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    giveUp = setTimeout(() => resolve([]), patienceMs);
  });
  const names = await Promise.race([readNames(of).catch(() => []), late]);
  clearTimeout(giveUp);
  // A shell would take apart, or obey, what is no plain name.
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
