import pc from 'picocolors';

/** A stream that text goes to, with what decides how it should look. */
interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command reads and writes; replaced by texts in memory in tests. */
export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly now: () => number;
  readonly colors: Colors;
  /** Zone that times are shown in to people. */
  readonly timeZone: string;
}

/** The terminal of this process; NO_COLOR and a stdout that is no terminal switch colours off. */
export function processTerminal(): Terminal {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    now: () => Date.now(),
    colors: pc.createColors(pc.isColorSupported && process.stdout.isTTY),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
