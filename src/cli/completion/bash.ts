import type { Catalogue } from '../command.js';
import { type Completable, type CompletableCommand, completableCommands, firstWords } from './completable.js';
import { namesCommand } from './names.js';

/** The completion script for bash. It needs only bash itself. */
export function bashCompletion(catalogue: Catalogue): string {
  const commands = completableCommands(catalogue);
  const groups = [...new Set(commands.map(({ group }) => group).filter((group) => group !== null))];
  const first = firstWords(commands, catalogue.groups).map(({ word }) => word);
  return `# bash completion for maops: source <(maops completion bash)
_maops_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_maops_files() { local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
_maops_names() { _maops_words "$("\${COMP_WORDS[0]}" ${namesCommand} "$1" 2>/dev/null)"; }

_maops() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" from=2 nth=0 skip='' word
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _maops_words '${first.join(' ')} --help --version'
    return
  fi
  if [ "$command" = help ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then _maops_words '${[...first.filter((word) => word !== 'help'), 'exit-codes'].join(' ')}'; return; fi
    command="\${COMP_WORDS[2]}" from=3
  fi
  case "$command" in
${groups
  .map((group) => {
    const verbs = commands.filter((command) => command.group === group).map(({ verb }) => verb);
    return `    ${group})
      case " ${verbs.join(' ')} " in
        *" \${COMP_WORDS[from]} "*) if [ "$COMP_CWORD" -gt "$from" ]; then command="$command \${COMP_WORDS[from]}"; from=$((from + 1)); fi ;;
      esac
      if [ "$command" = ${group} ] && [ "$COMP_CWORD" -eq "$from" ]${isCommand(commands, group) ? ` && [[ "$cur" != -* ]]` : ''}; then _maops_words '${verbs.join(' ')}'; return; fi ;;`;
  })
  .join('\n')}
  esac
  case "$command $prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    case "$command" in
${commands.map((command) => `      '${pathOf(command)}') _maops_words '${command.options.flatMap(({ names }) => names.filter((name) => name.startsWith('--'))).join(' ')}' ;;`).join('\n')}
    esac
    return
  fi
  # Count the arguments before this one, without options and their values.
  for word in "\${COMP_WORDS[@]:from:COMP_CWORD-from}"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$command $word" in
${commands.flatMap(skipCases).join('\n')}
      *' '-*) ;;
      *) nth=$((nth + 1)) ;;
    esac
  done
  case "$command $nth" in
${commands.flatMap((command) => command.arguments.map((argument, index) => `    '${pathOf(command)} ${index}') ${act(argument)} ;;`)).join('\n')}
  esac
}
complete -F _maops maops
`;
}

function valueCases(command: CompletableCommand): string[] {
  return command.options.flatMap(({ names, takes }) =>
    takes === null ? [] : [`    ${patterns(command, names)}) ${act(takes)}; return ;;`],
  );
}

function skipCases(command: CompletableCommand): string[] {
  const names = command.options.flatMap((option) => (option.takes === null ? [] : option.names));
  return names.length === 0 ? [] : [`      ${patterns(command, names)}) skip=1 ;;`];
}

function patterns(command: CompletableCommand, names: readonly string[]): string {
  return names.map((name) => `'${pathOf(command)} ${name}'`).join('|');
}

function act(what: Completable): string {
  switch (what.kind) {
    case 'words':
      return `_maops_words '${what.words.join(' ')}'`;
    case 'file':
      return '_maops_files';
    case 'name':
      return `_maops_names ${what.of}`;
    case 'anything':
      return ':';
  }
}

function pathOf({ group, verb }: CompletableCommand): string {
  return group === null ? verb : `${group} ${verb}`;
}

/** True for `audit`, which is a command and a group. */
function isCommand(commands: readonly CompletableCommand[], group: string): boolean {
  return commands.some((command) => command.group === null && command.verb === group);
}
