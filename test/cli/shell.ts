import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Progress } from '../../src/contract/progress.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { type InProcessStack, startInProcessStack } from '../support/in-process-stack.js';
import { endLeaked, type Maops, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';

/** Exit code and output of a command. */
export interface Ended {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

type Changes = Readonly<Record<string, string>>;

/** A person's shell: the command line as child processes, with a worker and a simulator behind it. */
export interface Shell {
  readonly stack: InProcessStack;
  /** Runs a command to its end; variables given here replace the shell's, a blank one counts as unset. */
  run(words: readonly string[], changes?: Changes, stdin?: string): Promise<Ended>;
  /** Runs a command that must end with this code, and reads the one JSON document that it printed. */
  json<T = Progress>(words: readonly string[], code?: number): Promise<T>;
  /** Starts a command that a test wants to interrupt. */
  start(words: readonly string[]): Maops;
  /** Writes a spec and answers its path; an object is written as JSON. */
  file(name: string, content: string | Readonly<Record<string, unknown>>): string;
  close(): Promise<void>;
}

export async function openShell(): Promise<Shell> {
  const stack = await startInProcessStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'maops-shell-'));
  const { address, namespace } = temporalAddress();
  const variables = {
    ...clientEnvironment(stack.served.url),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: stack.taskQueue,
    MAOPS_INSTALLATION: stack.installation,
    MAOPS_ACTOR: 'tester',
  };
  const run = async (words: readonly string[], changes: Changes = {}, stdin?: string): Promise<Ended> => {
    const started = maops(words, { ...variables, ...changes }, stdin);
    return { code: await started.ended, out: started.stdout(), err: started.stderr() };
  };
  return {
    stack,
    run,
    async json<T>(words: readonly string[], code = 0) {
      const ended = await run([...words, '--json']);
      if (ended.code !== code) throw new Error(`${words.join(' ')} ended ${ended.code}:\n${ended.out}\n${ended.err}`);
      return JSON.parse(ended.out) as T;
    },
    start: (words) => maops(words, variables),
    file(name, content) {
      const file = path.join(folder, name);
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
    async close() {
      const leaked = await endLeaked();
      await stack.stop();
      await rm(folder, { recursive: true });
      if (leaked.length > 0) throw new Error(`still running at the end: ${leaked.join('; ')}`);
    },
  };
}
