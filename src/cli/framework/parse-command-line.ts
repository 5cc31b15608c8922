import { type Command as Parser, CommanderError } from 'commander';
import type { Command } from './command.js';
import type { CommandCatalogue } from './command-catalogue.js';
import type { CommandInput } from './command-input.js';
import { helpOf, usageOf } from './help.js';
import { makeParser } from './make-parser.js';
import { onOneLine } from './printable.js';

/** What the words of a command line ask for. */
export type ParsedLine =
  | { readonly kind: 'run'; readonly command: Command; readonly input: CommandInput }
  /** Help, or the version: for standard output. */
  | { readonly kind: 'told'; readonly text: string }
  /** @property problem on one line; @property usage what would be right, or all that there is */
  | { readonly kind: 'wrong'; readonly problem: string; readonly usage: string };

/**
 * @param words without the program, e.g. `['users', 'disable', 'ann@example.com']`
 * @param columns that lines of help may have
 */
export function parseCommandLine(
  words: readonly string[],
  catalogue: CommandCatalogue,
  columns: number,
): ParsedLine {
  let parsed: ParsedLine | undefined;
  let problem = '';
  let where: Parser | undefined;
  const root = makeParser(catalogue, {
    run: (command, input) => void (parsed = { kind: 'run', command, input }),
    problem: (text) => (problem += text),
    stopped: (at) => (where = at),
  });
  try {
    root.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const at = where ?? root;
    if (error.code === 'commander.version') return { kind: 'told', text: `${catalogue.version}\n` };
    if (error.exitCode === 0) return { kind: 'told', text: helpOf(at, columns) };
    if (error.code !== 'commander.help')
      return { kind: 'wrong', problem: sentence(problem), usage: usageOf(at) };
    parsed = { kind: 'wrong', problem: 'A command is missing.', usage: helpOf(at, columns) };
  }
  return parsed ?? { kind: 'wrong', problem: 'A command is missing.', usage: helpOf(root, columns) };
}

/** e.g. `error: unknown option '--x'` → `Unknown option '--x'.` */
function sentence(problem: string): string {
  const text = onOneLine(problem.replace(/^error: /, ''));
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.)?]$/.test(text) ? '' : '.');
}
