import type { Catalogue } from '../command.js';
import { type Completable, type CompletableCommand, completableCommands, firstWords } from './completable.js';
import { namesCommand } from './names.js';

/** The completion script for zsh, built on `_arguments`. */
export function zshCompletion(catalogue: Catalogue): string {
  const commands = completableCommands(catalogue);
  const groups = [...new Set(commands.map(({ group }) => group).filter((group) => group !== null))];
  const first = firstWords(commands, catalogue.groups);
  return `#compdef maops
# zsh completion for maops: save it as _maops in a directory of $fpath, or source <(maops completion zsh)

_maops_names() {
  local -a names
  names=(\${(f)"$(\${words_before[1]:-maops} ${namesCommand} "$1" 2>/dev/null)"})
  compadd -a names
}

_maops_verbs() {
  case "$1" in
${groups
  .map((group) => {
    const verbs = commands.filter((command) => command.group === group);
    return `    ${group}) local -a verbs=(${verbs.map(({ verb, summary }) => quote(`${verb}:${summary}`)).join(' ')}); _describe verb verbs ;;`;
  })
  .join('\n')}
  esac
}

_maops_command() {
  case "$1" in
${commands.map((command) => `    ${quote(pathOf(command))}) _arguments ${argumentsOf(command).map(quote).join(' ')} ;;`).join('\n')}
    *) return 1 ;;
  esac
}

_maops() {
  local -a words_before=("\${words[@]}")
  if (( CURRENT == 2 )); then
    local -a commands=(${first.map(({ word, summary }) => quote(`${word}:${summary}`)).join(' ')})
    _describe command commands
    return
  fi
  local group="\${words[2]}"
  case " ${groups.join(' ')} " in
    *" $group "*)
      if (( CURRENT == 3 )) && [[ "\${words[3]}" != -* ]]; then _maops_verbs "$group"; return; fi
      if [[ "\${words[3]}" != -* ]]; then
        shift 2 words; (( CURRENT -= 2 )); _maops_command "$group \${words[1]}"; return
      fi ;;
  esac
  shift words; (( CURRENT -= 1 )); _maops_command "$group"
}

if [ "\${funcstack[1]}" = _maops ]; then _maops "$@"; else compdef _maops maops; fi
`;
}

function argumentsOf(command: CompletableCommand): string[] {
  const options = command.options.flatMap(({ names, description, takes }) =>
    names.map(
      (name) => `${name}[${plain(description)}]${takes === null ? '' : `:${name.replace(/^-+/, '')}:${act(takes)}`}`,
    ),
  );
  return [...options, ...command.arguments.map((argument, index) => `${index + 1}: :${act(argument)}`)];
}

function act(what: Completable): string {
  switch (what.kind) {
    case 'words':
      return `(${what.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'name':
      // The leading space keeps zsh from inserting arguments of its own.
      return ` _maops_names ${what.of}`;
    case 'anything':
      return ' ';
  }
}

/** Brackets and colons are syntax of `_arguments`. */
function plain(text: string): string {
  return text.replaceAll(/[[\]:]/g, ' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`;
}

function pathOf({ group, verb }: CompletableCommand): string {
  return group === null ? verb : `${group} ${verb}`;
}
