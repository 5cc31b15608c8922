import type { Command } from '../framework/command.js';
import { completionScript, SHELLS, type Shell } from './completion-script.js';

/** @param commands all others; called when all are defined */
export function completionCommands(commands: () => readonly Command[]): Command[] {
  return SHELLS.map((shell: Shell) => ({
    name: `completion ${shell}`,
    summary: `Prints what has ${shell} complete commands and options.`,
    run: () => {
      const script = completionScript(shell, commands());
      return Promise.resolve({ text: script, data: { shell, script } });
    },
  }));
}
