import type { Catalogue } from '../command.js';
import { type Completable, completableCommands, firstWords } from './completable.js';
import { namesCommand } from './names.js';

/** The completion of fish: one line for each thing that can be said. */
export function fishCompletion(catalogue: Catalogue): string {
  const commands = completableCommands(catalogue);
  const lines = [
    '# fish completion for maops: maops completion fish | source',
    'function __maops_at',
    '  set -l said (commandline -opc)',
    '  set -e said[1]',
    '  test (count $said) -ge (count $argv); or return 1',
    '  set -l length (count $argv)',
    '  test "$said[1..$length]" = "$argv"',
    'end',
    'function __maops_first',
    '  test (count (commandline -opc)) -eq 1',
    'end',
    'function __maops_second',
    '  set -l said (commandline -opc)',
    '  test (count $said) -eq 2; and test "$said[2]" = "$argv[1]"',
    'end',
    'function __maops_names',
    `  command maops ${namesCommand} $argv 2>/dev/null`,
    'end',
    'complete -c maops -f',
    ...firstWords(commands, catalogue.nouns).map(({ word, summary }) => say('__maops_first', `-a ${word}`, summary)),
    say('__maops_second help', '-a exit-codes', 'what the exit codes mean'),
  ];
  for (const command of commands) {
    const { noun, verb, summary, options } = command;
    if (noun !== null) lines.push(say(`__maops_second ${noun}`, `-a ${verb}`, summary));
    const at = `__maops_at ${noun === null ? verb : `${noun} ${verb}`}`;
    for (const { names, description, takes } of options) {
      const flags = names
        .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
        .join(' ');
      lines.push(say(at, takes === null ? flags : `${flags} ${act(takes)}`, description));
    }
    for (const argument of command.arguments) {
      if (argument.kind !== 'anything') lines.push(say(at, argument.kind === 'file' ? '-F' : act(argument).slice(3)));
    }
  }
  return `${lines.join('\n')}\n`;
}

function say(condition: string, what: string, description?: string): string {
  return `complete -c maops -n ${quote(condition)} ${what}${description === undefined ? '' : ` -d ${quote(description)}`}`;
}

/** After `-r`, because a value has to follow. */
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
