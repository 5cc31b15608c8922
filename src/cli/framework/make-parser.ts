import { Argument, Command as Parser, type CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Command, type CommandOption, JSON_OPTION, optionsOf } from './command.js';
import type { CommandCatalogue } from './command-catalogue.js';
import { CommandInput } from './command-input.js';
import { signatureOf } from './signature.js';

/** What a parser calls instead of running, writing, and ending the process. */
interface ParserEvents {
  run(command: Command, input: CommandInput): void;
  problem(text: string): void;
  /** Where it found what it throws. */
  stopped(at: Parser): void;
}

/** A parser of all commands: groups, and verbs below them. It throws `CommanderError`. */
export function makeParser(catalogue: CommandCatalogue, events: ParserEvents): Parser {
  const root = stopping(new Parser('latchkey'), events)
    .description(catalogue.description)
    .usage('<command> [--json]')
    .version(catalogue.version, '--version', 'prints the version')
    .helpOption('-h, --help', 'prints help, of a command after its name')
    .helpCommand(false)
    .configureOutput({ writeOut: () => undefined, writeErr: (text) => events.problem(text) });
  for (const command of catalogue.commands) {
    for (const name of [command.name, ...(command.alias === undefined ? [] : [command.alias])]) {
      const [first = '', verb] = name.split(' ');
      const parent = verb === undefined ? root : groupOf(root, first, catalogue, events);
      const leaf = stopping(parent.command(verb ?? first, { hidden: name === command.alias }), events);
      if (verb !== undefined) leaf.helpGroup(`${catalogue.groups[first] ?? first}:`);
      define(leaf, command, events);
    }
  }
  return root;
}

function define(leaf: Parser, command: Command, events: ParserEvents): void {
  const { summary, arguments: words = [] } = command;
  leaf
    .summary(summary)
    .description(summary)
    .usage(`${signatureOf(command)} [--json]`.trim());
  for (const { name } of words) leaf.addArgument(new Argument(`<${name}>`));
  // What begins with a dash is taken for an argument then, unless it is an option of this command.
  if (words.some(({ dashed }) => dashed)) leaf.allowUnknownOption();
  const options = [...optionsOf(command), JSON_OPTION].map((option) => ({
    name: option.name,
    parser: optionOf(option),
  }));
  for (const { parser } of options) leaf.addOption(parser);
  leaf.action(() => {
    const given: Record<string, unknown> = leaf.opts();
    const values = options.map(({ name, parser }) => [name, given[parser.attributeName()]] as const);
    for (const { name, neededWithout } of optionsOf(command))
      if (neededWithout !== undefined && !isGiven(name, values) && !isGiven(neededWithout, values))
        leaf.error(`error: one of the options '--${name}' and '--${neededWithout}' is needed`);
    const typed = words.map(({ name }, place) => [name, leaf.args[place] ?? ''] as const);
    events.run(command, new CommandInput(new Map(typed), new Map(values)));
  });
}

function isGiven(name: string, values: readonly (readonly [string, unknown])[]): boolean {
  return values.some(([option, value]) => option === name && value !== undefined);
}

function groupOf(root: Parser, name: string, { groups }: CommandCatalogue, events: ParserEvents): Parser {
  const group = root.commands.find((parser) => parser.name() === name);
  if (group) return group;
  return stopping(root.command(name), events)
    .description(groups[name] ?? '')
    .usage('<command> [--json]')
    .helpCommand(false);
}

function optionOf({
  name,
  value,
  summary,
  required = false,
  notWith,
  choices,
  atMost,
}: CommandOption): Option {
  const option = new Option(value === undefined ? `--${name}` : `--${name} <${value}>`, summary);
  if (choices) option.choices(choices);
  else if (atMost !== undefined) option.argParser((text: string) => numberOf(text, atMost));
  else if (value !== undefined) option.argParser(notEmpty);
  if (notWith !== undefined) option.conflicts(new Option(`--${notWith}`).attributeName());
  return option.makeOptionMandatory(required);
}

function numberOf(text: string, atMost: number): string {
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= atMost) return text;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${atMost}.`);
}

function notEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

function stopping(parser: Parser, events: ParserEvents): Parser {
  return parser.exitOverride((stop: CommanderError) => {
    events.stopped(parser);
    throw stop;
  });
}
