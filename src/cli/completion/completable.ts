import { resolveVerbs } from '../../contract/messages.js';
import { phases } from '../../contract/phases.js';
import type { Catalogue } from '../command.js';
import type { NamedThing } from './names.js';

/** What can stand somewhere: one of some words, a file, the name of something that there is, or anything. */
export type Completable =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'name'; readonly of: NamedThing }
  | { readonly kind: 'anything' };

export interface CompletableOption {
  /** `--file`, and `-f` when there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null for a switch. */
  readonly takes: Completable | null;
}

/** A command as a completion script needs it. */
export interface CompletableCommand {
  readonly noun: string | null;
  readonly verb: string;
  readonly summary: string;
  readonly arguments: readonly Completable[];
  readonly options: readonly CompletableOption[];
}

/** Words that help describes in a sentence, because they are too many or may be left out. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  'env list --phase': phases,
  'env resolve verb': resolveVerbs,
};

/** Reads what can be completed out of what the commands say of themselves. */
export function completableCommands({ commands }: Catalogue): CompletableCommand[] {
  return commands.map(({ noun, verb, summary, arguments: args, options }) => {
    const path = [noun, verb].filter((word) => word !== null).join(' ');
    const kindOf = (name: string, takes: string, choices: readonly string[] | null): Completable => {
      const words = choices ?? wordsOf[`${path} ${name}`];
      if (words !== undefined) return { kind: 'words', words };
      if (takes === 'file') return { kind: 'file' };
      if ((noun === 'env' && takes === 'name') || takes === 'environment') return { kind: 'name', of: 'environments' };
      // The name of a new one has to be another.
      if (noun === 'schedule' && takes === 'name' && verb !== 'create') return { kind: 'name', of: 'schedules' };
      return { kind: 'anything' };
    };
    return {
      noun,
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

/** The first words and what they are: nouns, and commands without one. */
export function firstWords(
  commands: readonly CompletableCommand[],
  nouns: Catalogue['nouns'],
): { readonly word: string; readonly summary: string }[] {
  const words = new Map<string, string>();
  for (const { noun, verb, summary } of commands) {
    // `audit` is a command with others below it: its own summary says more.
    if (noun === null) words.set(verb, summary);
    else if (!words.has(noun)) words.set(noun, nouns[noun] ?? '');
  }
  return [...[...words].map(([word, summary]) => ({ word, summary })), { word: 'help', summary: 'explain a command' }];
}
