import { Command, Help, type Option } from 'commander';
import { addCommonOptions } from './command.js';
import { commandEntries } from './commands.js';

/** An argument of a command, as its help shows it. */
export interface CataloguedArgument {
  readonly name: string;
  /** `<name>` or `[name]`. */
  readonly term: string;
  readonly description: string;
  readonly choices: readonly string[] | null;
}

/** An option of a command. */
export interface CataloguedOption {
  /** `-f, --file <file>`. */
  readonly flags: string;
  /** `--file`. */
  readonly long: string;
  readonly short: string | null;
  readonly description: string;
  /** What it takes, as `file`; null for a switch. */
  readonly takes: string | null;
  readonly choices: readonly string[] | null;
  readonly isRequired: boolean;
  readonly standard: string | null;
}

/** A command with everything that its help says. */
export interface CataloguedCommand {
  readonly noun: string | null;
  readonly verb: string;
  readonly summary: string;
  /** `maops env pause [options] [name]`; one line for each way to call it. */
  readonly usage: readonly string[];
  readonly arguments: readonly CataloguedArgument[];
  readonly options: readonly CataloguedOption[];
  /** What stands under the options, examples included. */
  readonly after: string;
}

/** Reads every command as it declares itself, so that no second list can differ from it. */
export async function readCatalogue(): Promise<CataloguedCommand[]> {
  return await Promise.all(
    commandEntries.map(async ({ noun, verb, summary, load }) => {
      const program = new Command('maops');
      const command = (noun === null ? program : program.command(noun)).command(verb);
      const define = await load();
      define(command, async () => {});
      addCommonOptions(command);
      return {
        noun,
        verb,
        summary,
        usage: new Help()
          .commandUsage(command)
          .split('\n')
          .map((line) => line.trim()),
        arguments: command.registeredArguments.map((argument) => ({
          name: argument.name(),
          term: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
          description: argument.description,
          choices: argument.argChoices ?? null,
        })),
        options: command.options.map(describeOption),
        after: textAfterHelp(command),
      };
    }),
  );
}

function describeOption(option: Option): CataloguedOption {
  const takes = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? null;
  const standard: unknown = option.defaultValue;
  return {
    flags: option.flags,
    long: option.long ?? option.flags,
    short: option.short ?? null,
    description: option.description,
    takes,
    choices: option.argChoices ?? null,
    isRequired: option.mandatory,
    standard: typeof standard === 'string' || typeof standard === 'number' ? String(standard) : null,
  };
}

/** Commander gives what `addHelpText` added only to those who have the whole help written out. */
function textAfterHelp(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(text.indexOf(command.helpInformation()) + command.helpInformation().length).trim();
}
