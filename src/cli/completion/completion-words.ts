import { type Command, type CommandOption, JSON_OPTION, optionsOf } from '../framework/command.js';

/** What can be typed after the words before it. */
export interface CompletionPlace {
  /** The words that come before, e.g. `users disable`; empty at the beginning. */
  readonly path: string;
  readonly words: readonly string[];
}

/** An option whose value can be completed. */
export interface CompletionValue {
  readonly path: string;
  readonly option: string;
  /** Those there are; none where the value is a name of a file or a directory. */
  readonly choices: readonly string[];
}

/** Of all commands, in their order: the words after nothing, after each group and after each command. */
export function completionPlaces(commands: readonly Command[]): CompletionPlace[] {
  const names = commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [first = '', verb] = name.split(' ');
    groups.set('', [...new Set([...(groups.get('') ?? []), first])]);
    if (verb !== undefined) groups.set(first, [...(groups.get(first) ?? []), verb]);
  }
  const ofGroups = [...groups].map(([path, words]) => ({ path, words: [...words, '--help'] }));
  const ofCommands = namesAndOptions(commands).map(([path, options]) => ({
    path,
    words: [...options.map(({ name }) => `--${name}`), '--help'],
  }));
  return [...ofGroups, ...ofCommands];
}

/** Of all options that take a value. */
export function completionValues(commands: readonly Command[]): CompletionValue[] {
  return namesAndOptions(commands).flatMap(([path, options]) =>
    options
      .filter(({ value }) => value !== undefined)
      .map(({ name, choices = [] }) => ({ path, option: `--${name}`, choices })),
  );
}

function namesAndOptions(commands: readonly Command[]): [string, readonly CommandOption[]][] {
  return commands.flatMap((command) => {
    const { name, alias } = command;
    const all = [...optionsOf(command), JSON_OPTION];
    const own: [string, readonly CommandOption[]] = [name, all];
    return alias === undefined ? [own] : [own, [alias, all]];
  });
}
