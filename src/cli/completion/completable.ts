import { resolveVerbs } from '../../contract/messages.js';
import { phases } from '../../contract/phases.js';
import type { Catalogue } from '../command.js';
import type { NamedThing } from './names.js';

/** What Tab offers at a place: one of some words, a file, the name of an existing object, or nothing. */
export type Completable =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'name'; readonly of: NamedThing }
  | { readonly kind: 'anything' };

export interface CompletableOption {
  /** Such as `--file` and `-f`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null for a switch. */
  readonly takes: Completable | null;
}

/** A command as the completion scripts need it. */
export interface CompletableCommand {
  readonly group: string | null;
  readonly verb: string;
  readonly summary: string;
  readonly arguments: readonly Completable[];
  readonly options: readonly CompletableOption[];
}

/** Values that help describes in a sentence: there are too many to list, or they are optional. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  'env list --phase': phases,
  'env resolve verb': resolveVerbs,
};

/** Derives what can be completed from the catalogue. */
export function completableCommands({ commands }: Catalogue): CompletableCommand[] {
  return commands.map(({ group, verb, summary, arguments: args, options }) => {
    const path = [group, verb].filter((word) => word !== null).join(' ');
    const kindOf = (name: string, takes: string, choices: readonly string[] | null): Completable => {
      const words = choices ?? wordsOf[`${path} ${name}`];
      if (words !== undefined) return { kind: 'words', words };
      if (takes === 'file') return { kind: 'file' };
      if ((group === 'env' && takes === 'name') || takes === 'environment') return { kind: 'name', of: 'environments' };
      // A new schedule needs a new name.
      if (group === 'schedule' && takes === 'name' && verb !== 'create') return { kind: 'name', of: 'schedules' };
      return { kind: 'anything' };
    };
    return {
      group,
      verb,
      summary,
      arguments: args.map(({ name, choices }) => kindOf(name, name, choices)),
      options: [
        ...options.map(({ long, short, description, takes, choices }) => ({
          names: short === null ? [long] : [long, short],
          description,
          takes: takes === null ? null : kindOf(long, takes, choices),
        })),
        { names: ['--help', '-h'], description: 'show the help', takes: null },
      ],
    };
  });
}

/** The words after `maops` with their summaries: groups, and commands without a group. */
export function firstWords(
  commands: readonly CompletableCommand[],
  groups: Catalogue['groups'],
): { readonly word: string; readonly summary: string }[] {
  const words = new Map<string, string>();
  for (const { group, verb, summary } of commands) {
    // `audit` is a command and a group; the summary of the command is better.
    if (group === null) words.set(verb, summary);
    else if (!words.has(group)) words.set(group, groups[group] ?? '');
  }
  return [
    ...[...words].map(([word, summary]) => ({ word, summary })),
    { word: 'help', summary: 'show the help of a command' },
  ];
}
