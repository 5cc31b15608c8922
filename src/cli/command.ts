import type { INestApplicationContext } from '@nestjs/common';

interface Description {
  /** As it is typed, e.g. `users disable`. */
  readonly name: string;
  /** What each of its arguments is, e.g. `e-mail`. */
  readonly arguments?: readonly string[];
  /** What may follow them, e.g. `--pem [--out <directory>]`. */
  readonly options?: string;
  /** Whether these are what it takes, where there are options. */
  accepts?(args: readonly string[]): boolean;
  readonly summary: string;
}

/** One that needs parts of the application. */
interface CommandOfApplication extends Description {
  /** @returns what to print */
  run(app: INestApplicationContext, ...args: string[]): Promise<string>;
}

/** One that the database needs to be migrated for, and that is all. No part of the application is started. */
interface CommandOfDatabase extends Description {
  /** What to print then. */
  readonly onceMigrated: string;
}

export type Command = CommandOfApplication | CommandOfDatabase;
