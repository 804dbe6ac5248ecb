import pc from 'picocolors';
import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal in memory: no colours, UTC, a stopped clock. */
export interface MemoryTerminal extends Terminal {
  out(): string;
  err(): string;
}

export function memoryTerminal(options: { readonly now?: string; readonly stdin?: string } = {}): MemoryTerminal {
  let out = '';
  let err = '';
  const now = Date.parse(options.now ?? '2026-03-01T10:02:10Z');
  return {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: (async function* () {
      yield options.stdin ?? '';
    })(),
    now: () => now,
    colors: pc.createColors(false),
    timeZone: 'UTC',
    out: () => out,
    err: () => err,
  };
}
