import { type Command, InvalidArgumentError } from 'commander';
import { durationWords, parseDuration } from '../domain/duration.js';
import { countCharacters, isLongerThan, textLimits } from '../domain/text.js';
import { UsageError } from './exit-codes.js';

/** Options of every command. */
export function addCommonOptions(command: Command): void {
  command.option('--json', 'print one JSON document (watch: one JSON line per change)');
  command.option('--debug', 'show stack traces');
}

/** A required `--reason`. */
export function requireReason(command: Command, description = 'why; recorded in the audit'): Command {
  return command.requiredOption('--reason <text>', description, readReason);
}

/** An optional `--reason`, with a default where the command has one. */
export function offerReason(command: Command, description: string, otherwise?: string): Command {
  return command.option('--reason <text>', description, readReason, otherwise);
}

/** The option that makes a command safe to repeat. */
export function offerKey(command: Command): Command {
  return command.option('--key <key>', 'idempotency key: repeated commands with this key take effect once', readKey);
}

function readReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is blank. Give a reason.');
  return atMost(text, textLimits.reason);
}

function readKey(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is blank.');
  return atMost(text, textLimits.key);
}

function atMost(text: string, most: number): string {
  if (!isLongerThan(text, most)) return text;
  throw new InvalidArgumentError(`It has ${countCharacters(text)} characters; the limit is ${most}.`);
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** Reads a duration option such as `90m`; null when it was not given. */
export function readDuration(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = parseDuration(text);
  if (ms === null) throw new UsageError(`${option} ${text}: must be a duration: ${durationWords}`);
  return ms;
}

/** Reads the hash of a plan. */
export function readHash(hash: string): string {
  if (/^[0-9a-f]{16}$/.test(hash)) return hash;
  throw new UsageError(`--hash ${hash}: must be the hash at the end of the plan, 16 hex digits`);
}

/** Reads a port; 0 selects any free one. */
export function readPort(option: string, text: string): number {
  return readWhole(option, text, 65_535);
}

/** Reads a whole number from 0 to `most`. */
export function readWhole(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new UsageError(`${option} ${text}: must be a whole number from 0 to ${most}`);
}
