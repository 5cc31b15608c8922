import type { INestApplicationContext } from '@nestjs/common';

export interface Command {
  /** As it is typed, e.g. `users disable`. */
  readonly name: string;
  /** What each of its arguments is, e.g. `e-mail`. */
  readonly arguments?: readonly string[];
  /** What may follow them, e.g. `--pem [--out <directory>]`. */
  readonly options?: string;
  /** Whether these are what it takes, where there are options. */
  accepts?(args: readonly string[]): boolean;
  readonly summary: string;
  /** @returns what to print */
  run(app: INestApplicationContext, ...args: string[]): Promise<string>;
}
