import type { INestApplicationContext } from '@nestjs/common';

export interface Command {
  /** As it is typed, e.g. `users disable`. */
  readonly name: string;
  readonly argument?: string;
  readonly summary: string;
  /** @returns what to print */
  run(app: INestApplicationContext, argument: string): Promise<string>;
}
