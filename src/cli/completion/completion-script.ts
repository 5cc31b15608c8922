import type { Command } from '../framework/command.js';
import { completionPlaces, completionValues } from './completion-words.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that has the shell complete `latchkey`. All words are our own: letters, digits and dashes. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return shell === 'fish' ? fish(commands) : shell === 'zsh' ? zsh(commands) : bash(commands);
}

function bash(commands: readonly Command[]): string {
  return `# For ~/.bashrc: source <(latchkey completion bash)
${wordsFunction(commands)}
_latchkey() {
  local word path='' previous="\${COMP_WORDS[COMP_CWORD-1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) _latchkey_goes_on "$path" "$word" && path="\${path:+$path }$word" ;; esac
  done
  _latchkey_words "$path" "$previous"
  if [ "$latchkey_words" = '<file>' ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
  else
    mapfile -t COMPREPLY < <(compgen -W "$latchkey_words" -- "\${COMP_WORDS[COMP_CWORD]}")
  fi
}
complete -F _latchkey latchkey
`.trimEnd();
}

function zsh(commands: readonly Command[]): string {
  return `#compdef latchkey
# For ~/.zshrc, after compinit: source <(latchkey completion zsh)
${wordsFunction(commands)}
_latchkey() {
  local word path_words='' previous="\${words[CURRENT-1]}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in -*) ;; *) _latchkey_goes_on "$path_words" "$word" && path_words="\${path_words:+$path_words }$word" ;; esac
  done
  _latchkey_words "$path_words" "$previous"
  if [ "$latchkey_words" = '<file>' ]; then _files; else compadd -- \${(z)latchkey_words}; fi
}
compdef _latchkey latchkey
`.trimEnd();
}

/** For both shells: sets `latchkey_words` for a path, and says whether a word belongs to one. */
function wordsFunction(commands: readonly Command[]): string {
  const places = completionPlaces(commands);
  const values = completionValues(commands);
  const ofValues = values.map(
    ({ path, option, choices }) =>
      `    '${path} ${option}') latchkey_words='${choices.length > 0 ? choices.join(' ') : '<file>'}'; return ;;`,
  );
  const ofPlaces = places.map(({ path, words }) => `    '${path}') latchkey_words='${words.join(' ')}' ;;`);
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `_latchkey_words() {
  case "$1 $2" in
${ofValues.join('\n')}
  esac
  case "$1" in
${ofPlaces.join('\n')}
    *) latchkey_words='' ;;
  esac
}
_latchkey_goes_on() {
  case "\${1:+$1 }$2" in
    ${paths.join('|')}) return 0 ;;
    *) return 1 ;;
  esac
}`;
}

function fish(commands: readonly Command[]): string {
  const named = commands.flatMap(({ name, alias, summary }) =>
    [name, ...(alias === undefined ? [] : [alias])].map((word) => ({ word, summary })),
  );
  const lines = named.map(({ word, summary: text }) => {
    const [first = '', verb] = word.split(' ');
    const summary = text.replaceAll(/['\\]/g, '\\$&');
    return verb === undefined
      ? `complete -c latchkey -n '__fish_is_first_token' -a '${first}' -d '${summary}'`
      : `complete -c latchkey -n '__latchkey_at ${first}' -a '${verb}' -d '${summary}'`;
  });
  const [top] = completionPlaces(commands);
  const groups = (top?.words ?? []).filter((word) => !word.startsWith('-'));
  const options = completionPlaces(commands).flatMap(({ path, words }) => {
    if (!named.some(({ word }) => word === path)) return [];
    const long = words.map((word) => `-l ${word.slice(2)}`);
    const values = completionValues(commands).filter((value) => value.path === path);
    return long.map((flag) => {
      const value = values.find(({ option }) => `-l ${option.slice(2)}` === flag);
      if (!value) return `complete -c latchkey -n '__latchkey_in ${path}' ${flag}`;
      const choices = value.choices.length > 0 ? `-x -a '${value.choices.join(' ')}'` : '-r -F';
      return `complete -c latchkey -n '__latchkey_in ${path}' ${flag} ${choices}`;
    });
  });
  return `# For ~/.config/fish/completions/latchkey.fish
function __latchkey_at
  set -l words (commandline -opc)
  test (count $words) -eq (math (count $argv) + 1); and test "$words[2..-1]" = "$argv"
end
function __latchkey_in
  set -l words (commandline -opc)
  set -l last (math (count $argv) + 1)
  test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end
complete -c latchkey -f
complete -c latchkey -n '__fish_is_first_token' -a '${groups.join(' ')}'
${[...lines, ...options].join('\n')}`;
}
