import { Command, Help, type Option } from 'commander';
import type { Catalogue, CataloguedCommand, CataloguedOption } from './command.js';
import { type CommandEntry, commandEntries, groupSummaries } from './commands.js';
import { addCommonOptions } from './options.js';

/** Reads every command from its own declaration, so that help, completion and docs/cli.md cannot differ. */
export function readCatalogue(): Catalogue {
  return { groups: groupSummaries, commands: commandEntries.map(describe) };
}

function describe({ group, verb, summary, define }: CommandEntry): CataloguedCommand {
  const program = new Command('maops');
  const command = (group === null ? program : program.command(group)).command(verb);
  define(
    command,
    async () => {},
    () => {
      throw new Error('a catalogue contains no catalogue');
    },
  );
  addCommonOptions(command);
  return {
    group,
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

/** Commander shows the text of `addHelpText` only with the help, whose layout is left out because it takes long. */
function textAfterHelp(command: Command): string {
  let text = '';
  command.configureHelp({ formatHelp: () => '' }).configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.trim();
}
