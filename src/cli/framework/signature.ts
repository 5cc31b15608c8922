import { type Command, type CommandOption, optionsOf } from './command.js';

/** What follows the name of a command, e.g. `<e-mail> <role>` or `--pem [--out <directory>]`. */
export function signatureOf(command: Command): string {
  return [
    ...(command.arguments ?? []).map(({ name }) => `<${name}>`),
    ...optionsOf(command).map((option) =>
      option.required === true ? flagsOf(option) : `[${flagsOf(option)}]`,
    ),
  ].join(' ');
}

function flagsOf({ name, value }: CommandOption): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}
