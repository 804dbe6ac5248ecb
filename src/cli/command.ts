import { type Command, InvalidArgumentError } from 'commander';
import { countCharacters, isLongerThan, textLimits } from '../domain/text.js';
import type { Context } from './context.js';
import type { ExitCode } from './exit-codes.js';

/** Does a command's work with a context that is opened, guarded and closed around it. */
export type Run = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Declares one command: its arguments, options, an example, and what it does. One file each. */
export type Define = (command: Command, run: Run) => void;

/** The example under a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Collects an option that may be given more than once. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** An option without which a command does nothing. */
export function requireReason(command: Command, description = 'why; it is kept in the audit'): Command {
  return command.requiredOption('--reason <text>', description, readReason);
}

/** As `requireReason`, where a command can say by itself why. */
export function offerReason(command: Command, description: string, otherwise?: string): Command {
  return command.option('--reason <text>', description, readReason, otherwise);
}

/** An option that makes a command safe to repeat. */
export function offerKey(command: Command): Command {
  return command.option('--key <key>', 'the command counts once under this key, however often it is given', readKey);
}

/** A blank reason would tell the audit as little as none. */
function readReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is blank: say why.');
  return atMost(text, textLimits.reason);
}

function readKey(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is blank.');
  return atMost(text, textLimits.key);
}

function atMost(text: string, most: number): string {
  if (!isLongerThan(text, most)) return text;
  throw new InvalidArgumentError(`It has ${countCharacters(text)} characters; at most ${most} are possible.`);
}

/** What every command takes. */
export function addCommonOptions(command: Command): void {
  command.option('--json', 'print one JSON document (watch: one JSON line per change)');
  command.option('--debug', 'show stack traces');
}
