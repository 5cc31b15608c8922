import type { Command } from './command.js';

/** All commands of a program. */
export interface CommandCatalogue {
  readonly description: string;
  readonly version: string;
  readonly commands: readonly Command[];
  /** What the commands are about whose names have two words, by the first. */
  readonly groups: Readonly<Record<string, string>>;
}
