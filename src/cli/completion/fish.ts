import type { Catalogue } from '../command.js';
import { type Completable, completableCommands, firstWords } from './completable.js';
import { namesCommand } from './names.js';

/** The completion script for fish, one line per word or option. */
export function fishCompletion(catalogue: Catalogue): string {
  const commands = completableCommands(catalogue);
  const lines = [
    '# fish completion for maops: maops completion fish | source',
    'function __maops_at',
    '  set -l words (commandline -opc)',
    '  set -e words[1]',
    '  test (count $words) -ge (count $argv); or return 1',
    '  set -l length (count $argv)',
    '  test "$words[1..$length]" = "$argv"',
    'end',
    'function __maops_first',
    '  test (count (commandline -opc)) -eq 1',
    'end',
    'function __maops_second',
    '  set -l words (commandline -opc)',
    '  test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"',
    'end',
    'function __maops_names',
    `  command maops ${namesCommand} $argv 2>/dev/null`,
    'end',
    'complete -c maops -f',
    ...firstWords(commands, catalogue.groups).map(({ word, summary }) => line('__maops_first', `-a ${word}`, summary)),
    line('__maops_second help', '-a exit-codes', 'explain the exit codes'),
  ];
  for (const command of commands) {
    const { group, verb, summary, options } = command;
    if (group !== null) lines.push(line(`__maops_second ${group}`, `-a ${verb}`, summary));
    const at = `__maops_at ${group === null ? verb : `${group} ${verb}`}`;
    for (const { names, description, takes } of options) {
      const flags = names
        .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
        .join(' ');
      lines.push(line(at, takes === null ? flags : `${flags} ${act(takes)}`, description));
    }
    for (const argument of command.arguments) {
      if (argument.kind !== 'anything') lines.push(line(at, argument.kind === 'file' ? '-F' : act(argument).slice(3)));
    }
  }
  return `${lines.join('\n')}\n`;
}

function line(condition: string, completion: string, description?: string): string {
  return `complete -c maops -n ${quote(condition)} ${completion}${description === undefined ? '' : ` -d ${quote(description)}`}`;
}

/** `-r` marks an option that needs a value. */
function act(what: Completable): string {
  switch (what.kind) {
    case 'words':
      return `-r -a ${quote(what.words.join(' '))}`;
    case 'file':
      return '-r -F';
    case 'name':
      return `-r -a ${quote(`(__maops_names ${what.of})`)}`;
    case 'anything':
      return '-r';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
