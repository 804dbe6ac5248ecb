import type { Command } from 'commander';
import type { Context } from './context.js';
import type { ExitCode } from './exit-codes.js';

/** Runs the work of a command with a context that is opened before it and closed after it. */
export type Run = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Declares one command: its arguments, options, examples and work. Only `completion` needs the catalogue. */
export type Define = (command: Command, run: Run, catalogue: () => Catalogue) => void;

/** The examples below the help of a command. */
export function example(...lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Every command as its help describes it. */
export interface Catalogue {
  /** One line about each group, by its name. */
  readonly groups: Readonly<Record<string, string>>;
  readonly commands: readonly CataloguedCommand[];
}

export interface CataloguedCommand {
  readonly group: string | null;
  readonly verb: string;
  readonly summary: string;
  /** Such as `maops env pause [options] [name]`, one line for each way to call it. */
  readonly usage: readonly string[];
  readonly arguments: readonly CataloguedArgument[];
  readonly options: readonly CataloguedOption[];
  /** The text below the options: notes and examples. */
  readonly after: string;
}

export interface CataloguedArgument {
  readonly name: string;
  /** `<name>` or `[name]`. */
  readonly term: string;
  readonly description: string;
  readonly choices: readonly string[] | null;
}

export interface CataloguedOption {
  /** Such as `-f, --file <file>`. */
  readonly flags: string;
  /** Such as `--file`. */
  readonly long: string;
  readonly short: string | null;
  readonly description: string;
  /** Name of the option's value, such as `file`; null for a switch. */
  readonly takes: string | null;
  readonly choices: readonly string[] | null;
  readonly isRequired: boolean;
  /** Null without a default value. */
  readonly standard: string | null;
}
