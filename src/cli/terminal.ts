import pc from 'picocolors';
import { processEnv } from '../config/env.js';
import { visibleText } from '../domain/visible-text.js';
import { type ShownZone, shownZone } from './output/time.js';
import type { Colors } from './output/view.js';

/** An output stream, with the properties that decide how text looks on it. */
interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

/** Where a command reads and writes. Tests replace it by streams in memory. */
export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly now: () => number;
  readonly colors: Colors;
  /** Time zone of the times in text output. */
  readonly timeZone: string;
}

/** The terminal of this process. NO_COLOR, or a stdout that is not a terminal, turns colours off. */
export function processTerminal(): Terminal {
  let zone: ShownZone | null = null;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    now: () => Date.now(),
    colors: pc.createColors(pc.isColorSupported && process.stdout.isTTY),
    get timeZone() {
      // Read when a time is shown, so that JSON, which is in UTC, never prints the note.
      if (zone === null) {
        zone = shownZone(new Intl.DateTimeFormat().resolvedOptions().timeZone, processEnv().TZ);
        if (zone.note !== null) process.stderr.write(`${visibleText(zone.note)}\n`);
      }
      return zone.timeZone;
    },
  };
}
