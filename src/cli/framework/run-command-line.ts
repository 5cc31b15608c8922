import type { Command, CommandContext } from './command.js';
import type { CommandCatalogue } from './command-catalogue.js';
import { type CommandFailure, commandFailure, declined, wrongUsage } from './command-failure.js';
import type { CommandInput } from './command-input.js';
import { confirm } from './confirm.js';
import { EXIT } from './exit-code.js';
import { parseCommandLine } from './parse-command-line.js';
import { printable, printableJson } from './printable.js';
import type { Terminal } from './terminal.js';

/** What a command line is run with. */
export interface CommandLine {
  readonly catalogue: CommandCatalogue;
  /** Opened for one command. */
  readonly context: CommandContext & { close(): Promise<void> };
  readonly terminal: Terminal;
  /** That lines of help may have. */
  readonly columns: number;
  /** Says in lines what is no error of a service. */
  explain(error: unknown): readonly string[];
}

/** What a process is to write, and to end with. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** See `CommandResult`. */
  readonly unfinished: boolean;
}

/** @param words without the program, e.g. `['users', 'disable', 'ann@example.com']` */
export async function runCommandLine(words: readonly string[], line: CommandLine): Promise<Ending> {
  const parsed = parseCommandLine(words, line.catalogue, line.columns);
  if (parsed.kind === 'told')
    return { stdout: parsed.text, stderr: '', exitCode: EXIT.done, unfinished: false };
  if (parsed.kind === 'wrong')
    return failed(wrongUsage(parsed.problem, parsed.usage, words.includes('--json')));
  return carryOut(parsed.command, parsed.input, line);
}

async function carryOut(command: Command, input: CommandInput, line: CommandLine): Promise<Ending> {
  const { context } = line;
  const json = input.flag('json');
  try {
    const refusal = await unconfirmed(command, input, line.terminal);
    if (refusal) return failed(refusal);
    const {
      text,
      data,
      failed: bad = false,
      partly = false,
      unfinished = false,
    } = await command.run(context, input);
    const stdout = `${json ? printableJson(data) : printable(text)}\n`;
    const exitCode = bad ? EXIT.failed : partly ? EXIT.partly : EXIT.done;
    return { stdout, stderr: '', exitCode, unfinished };
  } catch (error) {
    return failed(commandFailure(error, (unforeseen) => line.explain(unforeseen), json));
  } finally {
    await context.close();
  }
}

async function unconfirmed(
  command: Command,
  input: CommandInput,
  terminal: Terminal,
): Promise<CommandFailure | undefined> {
  if (!command.confirmation || input.flag('yes')) return undefined;
  const json = input.flag('json');
  if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) {
    const problem = `No terminal to ask on whether to go on: ${command.name} needs --yes. Nothing was done.`;
    return wrongUsage(problem, '', json);
  }
  return (await confirm(command.confirmation(input), terminal)) ? undefined : declined(json);
}

function failed({ text, exitCode }: CommandFailure): Ending {
  return { stdout: '', stderr: text, exitCode, unfinished: false };
}
