import type { Abstract } from '@nestjs/common';
import type { JsonValue } from '../../common/json-value.js';
import type { LatchkeyConfig } from '../../config/config.js';
import type { DatabaseConnection } from '../../database/database.js';
import type { CommandInput } from './command-input.js';

/** A word that has to follow the name of a command. */
export interface CommandArgument {
  /** What it is, e.g. `e-mail`. */
  readonly name: string;
  /** Whether it may begin with a dash, as what is written in base64url does. */
  readonly dashed?: boolean;
}

export interface CommandOption {
  /** Without its dashes, e.g. `out`. */
  readonly name: string;
  /** What it takes, e.g. `directory`; nothing where it is only there or not. */
  readonly value?: string;
  readonly summary: string;
  /** Whether the command needs it. Default: `false`. */
  readonly required?: boolean;
  /** Another option; one of the two is needed. */
  readonly neededWithout?: string;
  /** What the value may be, where that is known. */
  readonly choices?: readonly string[];
  /** An option that it cannot stand beside. */
  readonly notWith?: string;
  /** Where the value is a whole number from 1: the largest. */
  readonly atMost?: number;
}

/** What a command did or found. */
export interface CommandResult {
  /** For people: a sentence, or lines. */
  readonly text: string;
  /** The same for programs (`--json`). */
  readonly data: JsonValue;
  /** Whether what it looked at is not as it has to be, so that it ends with 1. Default: `false`. */
  readonly failed?: boolean;
  /** Whether some of what it was given was refused and the rest is done, so that it ends with 4. Default: `false`. */
  readonly partly?: boolean;
  /** Whether something may go on that is not waited for, so that the process has to be ended. Default: `false`. */
  readonly unfinished?: boolean;
}

/** What a command may ask for. It is opened when it is asked for, and closed when the command is done. */
export interface CommandContext {
  /** A part of the application, on the migrated database. */
  service<T>(type: Abstract<T>): Promise<T>;
  /** The migrated database, without an application. */
  database(): Promise<DatabaseConnection>;
  /** The database as it is. */
  unmigratedDatabase(): Promise<DatabaseConnection>;
  /** The configuration. @throws ConfigurationError */
  readonly config: LatchkeyConfig;
}

/** One thing that an operator can have done. */
export interface Command {
  /** As it is typed, e.g. `users disable`: one word, or a group and a verb. */
  readonly name: string;
  /** Another name of the same, in the same form. */
  readonly alias?: string;
  /** One line. */
  readonly summary: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** Asked before it is done on a terminal, unless `--yes` is given, which it takes then; needed elsewhere. */
  readonly confirmation?: (input: CommandInput) => string;
  /** @throws LatchkeyError if it cannot be done */
  run(context: CommandContext, input: CommandInput): Promise<CommandResult>;
}

/** What has a `confirmation` has it. */
const YES_OPTION: CommandOption = { name: 'yes', summary: 'does it without asking' };

/** Every command has it. */
export const JSON_OPTION: CommandOption = {
  name: 'json',
  summary: 'prints JSON, errors too',
};

/** Its own, and `--yes`. */
export function optionsOf({ options = [], confirmation }: Command): readonly CommandOption[] {
  return confirmation ? [...options, YES_OPTION] : options;
}
