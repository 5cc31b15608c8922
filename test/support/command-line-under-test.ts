import { PassThrough } from 'node:stream';
import type { Command, CommandResult } from '../../src/cli/framework/command.js';
import type { CommandInput } from '../../src/cli/framework/command-input.js';
import { type Ending, runCommandLine } from '../../src/cli/framework/run-command-line.js';
import type { Terminal } from '../../src/cli/framework/terminal.js';
import { ConfigurationError } from '../../src/config/configuration-error.js';

export const LONG =
  'Finds what has so long a description that it does not fit into one line of a common terminal.';

/** What the commands answer: that of the line that runs. */
let answer: (input: CommandInput) => CommandResult;
const run = (_context: unknown, input: CommandInput) => Promise.resolve().then(() => answer(input));

export const COMMANDS: readonly Command[] = [
  { name: 'migrate', alias: 'migrations run', summary: 'Migrates.', run },
  { name: 'users grant', summary: 'Grants.', arguments: [{ name: 'e-mail' }, { name: 'role' }], run },
  {
    name: 'users list',
    summary: 'Lists.',
    options: [{ name: 'sort', value: 'by', summary: '', choices: ['name'] }],
    run,
  },
  {
    name: 'users find',
    summary: LONG,
    arguments: [{ name: 'e-mail or id' }],
    options: ['one', 'another', 'a-third'].map((name) => ({ name, value: 'value', summary: LONG })),
    run,
  },
  { name: 'keys revoke', summary: 'Revokes.', arguments: [{ name: 'kid', dashed: true }], run },
  {
    name: 'roles delete',
    summary: 'Deletes.',
    arguments: [{ name: 'role', dashed: true }],
    confirmation: (input) => `Delete ${input.argument('role')}?`,
    run,
  },
  {
    name: 'keys export',
    summary: 'Exports.',
    options: [
      { name: 'pem', summary: 'as PEM', required: true },
      { name: 'out-dir', value: 'directory', summary: 'where to' },
    ],
    run,
  },
];

/** Commands of no consequence, and what becomes of a line that names one. */
export class CommandLineUnderTest {
  columns = 100;
  /** What is typed on a terminal; there is none without it. */
  typed: string | undefined;
  /** What was asked there. */
  asked = '';
  /** How often what a command opened was closed. */
  closed = 0;
  result: (input: CommandInput) => CommandResult = () => ({ text: 'Done.', data: { done: true } });

  async run(...words: string[]): Promise<Omit<Ending, 'unfinished'>> {
    answer = (input) => this.result(input);
    const { unfinished: _, ...ending } = await runCommandLine(words, {
      catalogue: {
        description: 'All of it.',
        version: '1.2.3',
        commands: COMMANDS,
        groups: { users: 'Accounts' },
      },
      context: {
        service: () => Promise.reject(new Error('not asked for')),
        database: () => Promise.reject(new Error('not asked for')),
        unmigratedDatabase: () => Promise.reject(new Error('not asked for')),
        get config(): never {
          throw new Error('not asked for');
        },
        close: () => {
          this.closed += 1;
          return Promise.resolve();
        },
      },
      terminal: this.terminal(),
      columns: this.columns,
      explain: (error) =>
        error instanceof ConfigurationError ? [...error.problems] : ['Error: why\n    at stack'],
    });
    return ending;
  }

  private terminal(): Terminal {
    const isTTY = this.typed !== undefined;
    const input = Object.assign(new PassThrough(), { isTTY });
    input.end(this.typed);
    const output = Object.assign(new PassThrough(), { isTTY });
    output.on('data', (chunk: Buffer) => (this.asked += chunk.toString()));
    return { input, output };
  }
}
