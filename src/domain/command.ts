import { countCharacters, cut, isLongerThan, textLimits, textOf } from './text.js';

interface RawCommand {
  readonly by?: unknown;
  readonly reason?: unknown;
  readonly key?: unknown;
}

/** Whether a command has an actor and a reason. Raw JSON may contain anything. */
export function isSigned(command: RawCommand | null | undefined): boolean {
  return isText(command?.by) && isText(command?.reason);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Why the actor, reason or key of a command is invalid; null when they are valid. */
export function problemOfCommand(command: RawCommand | null | undefined): string | null {
  if (!isSigned(command)) return 'a command needs an actor and a reason: `by` and `reason` are required';
  if (command?.key != null && !isText(command.key)) return '`key` must be text';
  return problemOfLengths(command ?? {});
}

/** Which text of a command is too long; null when none is. */
export function problemOfLengths(command: RawCommand): string | null {
  for (const name of ['by', 'reason', 'key'] as const) {
    const text = command[name];
    const most = textLimits[name];
    if (typeof text === 'string' && isLongerThan(text, most))
      return `\`${name}\` has ${countCharacters(text)} characters. The limit is ${most}.`;
  }
  return null;
}

/** Reads a signal, which cannot be refused: missing or invalid texts are replaced, and long ones are cut. */
export function readCommand(command: RawCommand | null | undefined): {
  readonly by: string;
  readonly reason: string;
  /** Null without one, and for one that is too long: cut keys of two commands could be the same. */
  readonly key: string | null;
} {
  const { by, reason, key } = command ?? {};
  return {
    by: cut(textOf(by), textLimits.by) || 'unknown',
    reason: cut(textOf(reason), textLimits.reason),
    key: isText(key) && !isLongerThan(key, textLimits.key) ? key : null,
  };
}

/** Joins several lines into one. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(':\n', ': ').replaceAll('\n', '; ');
}
