import type { Context } from '../../src/cli/context.js';
import { type FakeRuns, libraryOn } from '../client/fake-runs.js';
import { type MemoryTerminal, memoryTerminal } from './memory-terminal.js';

/** A context of a command on a Temporal in memory; asking for anything else fails. */
export function fakeContext(
  runs: FakeRuns,
  options: { readonly json?: boolean } = {},
): { readonly context: Context; readonly terminal: MemoryTerminal } {
  const terminal = memoryTerminal();
  const json = options.json ?? false;
  const operations = libraryOn(runs);
  const refuse = () => {
    throw new Error('not in this test');
  };
  const context: Context = {
    terminal,
    json,
    debug: false,
    interrupted: new AbortController().signal,
    result: (document, render) => terminal.stdout.write(json ? JSON.stringify(document) : render(document)),
    notice: (text) => terminal.stderr.write(`${text}\n`),
    shown: () => undefined,
    onInterrupt: () => undefined,
    config: refuse,
    session: refuse,
    operations: async () => operations,
    modelarts: refuse,
  };
  return { context, terminal };
}
