import type { INestApplicationContext } from '@nestjs/common';

export interface Command {
  /** As it is typed, e.g. `users disable`. */
  readonly name: string;
  /** What each of its arguments is, e.g. `e-mail`. */
  readonly arguments?: readonly string[];
  readonly summary: string;
  /** @returns what to print */
  run(app: INestApplicationContext, ...args: string[]): Promise<string>;
}
