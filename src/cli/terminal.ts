import pc from 'picocolors';
import { processEnv } from '../config.js';
import { visibleText } from '../domain/visible-text.js';
import { type ShownZone, shownZone } from './output/time.js';
import type { Colors } from './output/view.js';

/** A stream that text goes to, with what decides how it should look. */
interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

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
  let zone: ShownZone | null = null;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    now: () => Date.now(),
    colors: pc.createColors(pc.isColorSupported && process.stdout.isTTY),
    get timeZone() {
      // Only where a time is shown: JSON is in UTC anyway, and needs no note.
      if (zone === null) {
        zone = shownZone(new Intl.DateTimeFormat().resolvedOptions().timeZone, processEnv().TZ);
        if (zone.note !== null) process.stderr.write(`${visibleText(zone.note)}\n`);
      }
      return zone.timeZone;
    },
  };
}
