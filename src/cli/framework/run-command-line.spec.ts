import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../../config/configuration-error.js';
import { LatchkeyError, NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Command, CommandResult } from './command.js';
import type { CommandInput } from './command-input.js';
import { type Ending, runCommandLine } from './run-command-line.js';
import type { Terminal } from './terminal.js';

const LONG = 'Finds what has so long a description that it does not fit into one line of a common terminal.';

let closed: number;
let columns: number;
let result: (input: CommandInput) => CommandResult;

beforeEach(() => {
  columns = 100;
  closed = 0;
  result = () => ({ text: 'Done.', data: { done: true } });
});

const run = (_context: unknown, input: CommandInput) => Promise.resolve().then(() => result(input));
const commands: readonly Command[] = [
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

/** What is typed on a terminal; none without it. */
let typed: string | undefined;
let asked: string;

beforeEach(() => {
  typed = undefined;
  asked = '';
});

function terminal(): Terminal {
  const isTTY = typed !== undefined;
  const input = Object.assign(new PassThrough(), { isTTY });
  input.end(typed);
  const output = Object.assign(new PassThrough(), { isTTY });
  output.on('data', (chunk: Buffer) => (asked += chunk.toString()));
  return { input, output };
}

async function latchkey(...words: string[]): Promise<Omit<Ending, 'unfinished'>> {
  const { unfinished: _, ...ending } = await runCommandLine(words, {
    catalogue: { description: 'All of it.', version: '1.2.3', commands, groups: { users: 'Accounts' } },
    context: {
      service: () => Promise.reject(new Error('not asked for')),
      database: () => Promise.reject(new Error('not asked for')),
      unmigratedDatabase: () => Promise.reject(new Error('not asked for')),
      get config(): never {
        throw new Error('not asked for');
      },
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    },
    terminal: terminal(),
    columns,
    explain: (error) =>
      error instanceof ConfigurationError ? [...error.problems] : ['Error: why\n    at stack'],
  });
  return ending;
}

describe('a command line', () => {
  it('that is right has the command run, its answer printed, and what it opened closed', async () => {
    result = (input) => ({ text: `${input.argument('e-mail')} ${input.argument('role')}`, data: null });
    expect(await latchkey('users', 'grant', 'ann@example.com', 'admin')).toEqual({
      stdout: 'ann@example.com admin\n',
      stderr: '',
      exitCode: 0,
    });
    expect(closed).toBe(1);
  });

  it('takes options before, between and after arguments, and words after -- as they are', async () => {
    result = (input) => ({ text: '', data: [input.argument('e-mail'), input.argument('role')] });
    for (const words of [
      ['--json', 'a', 'b'],
      ['a', '--json', 'b'],
      ['a', 'b', '--json'],
    ])
      expect((await latchkey('users', 'grant', ...words)).stdout).toBe('[\n  "a",\n  "b"\n]\n');
    const { stdout } = await latchkey('users', 'grant', '--json', '--', '-a', '--json');
    expect(JSON.parse(stdout)).toEqual(['-a', '--json']);
  });

  it('hands a value and a flag to the command by the names of its definition', async () => {
    result = (input) => ({ text: '', data: [input.option('out-dir') ?? null, input.flag('pem')] });
    const { stdout } = await latchkey('keys', 'export', '--pem', '--out-dir', 'keys', '--json');
    expect(JSON.parse(stdout)).toEqual(['keys', true]);
  });

  it('takes an argument that begins with a dash where one may', async () => {
    result = (input) => ({ text: input.argument('kid'), data: null });
    expect((await latchkey('keys', 'revoke', '-hXk_1')).stdout).toBe('-hXk_1\n');
    expect((await latchkey('keys', 'revoke', '--Xk_1')).stdout).toBe('--Xk_1\n');
    expect((await latchkey('keys', 'revoke', '-x', '--jsn')).exitCode).toBe(2);
    expect((await latchkey('users', 'grant', '-a', 'b')).stderr).toContain("Unknown option '-a'.");
  });

  it('names a command by its other name, too', async () => {
    expect((await latchkey('migrations', 'run')).stdout).toBe('Done.\n');
    expect((await latchkey('migrate')).stdout).toBe('Done.\n');
  });

  it('ends with 1 where a command found that something is not as it has to be', async () => {
    result = () => ({ text: 'Bad.', data: null, failed: true });
    expect(await latchkey('migrate')).toEqual({ stdout: 'Bad.\n', stderr: '', exitCode: 1 });
  });

  it('tells the version', async () => {
    expect(await latchkey('--version')).toEqual({ stdout: '1.2.3\n', stderr: '', exitCode: 0 });
  });
});

describe('help', () => {
  it('lists all commands with what they take, and those of a group', async () => {
    const all = await latchkey('--help');
    expect(all).toMatchObject({ stderr: '', exitCode: 0 });
    expect(all.stdout).toMatch(/^ {2}users grant <e-mail> <role> +Grants\.$/m);
    expect(all.stdout).toMatch(/^ {2}keys export --pem +Exports\.$/m);
    expect(all.stdout).toContain('\nMore of one: latchkey <command> --help\n');
    expect(all.stdout).not.toContain('migrations run');
    const { stdout } = await latchkey('users', '-h');
    expect(stdout).toContain('users grant <e-mail> <role>');
    expect(stdout).not.toContain('keys export');
    expect(stdout).toContain('\nMore of one: latchkey users <command> --help\n');
  });

  it.each([80, 60, 45])('fits into %d columns, and nothing is lost', async (narrow) => {
    columns = narrow;
    for (const words of [[], ['users'], ['users', 'find']]) {
      const { stdout } = await latchkey(...words, '--help');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(narrow);
      const flowing = stdout.replaceAll(/\s+/g, ' ');
      expect(flowing).toContain(LONG);
      if (words.length === 2)
        expect(flowing).toContain('find <e-mail or id> [--one <value>] [--another <value>] [--a-third');
    }
  });

  it.each(commands.map(({ name, summary }) => ({ name, summary })))(
    'of $name says what it does and takes',
    async ({ name, summary }) => {
      columns = 200;
      const { stdout, exitCode } = await latchkey(...name.split(' '), '--help');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`\n${summary}\n`)]);
      expect(stdout).toMatch(new RegExp(`^Usage: latchkey ${name} .*\\[--json\\]$`, 'm'));
      expect(closed).toBe(0);
    },
  );
});

describe('a command that cannot be taken back', () => {
  it('asks on a terminal, and is carried out for a yes', async () => {
    typed = 'y\n';
    expect(await latchkey('roles', 'delete', 'support')).toMatchObject({ stdout: 'Done.\n', exitCode: 0 });
    expect(asked).toContain('Delete support? [y/N] ');
  });

  it.each(['n\n', '\n', ''])('does nothing for %j, and ends with 1', async (answer) => {
    typed = answer;
    result = () => {
      throw new Error('It was carried out.');
    };
    expect(await latchkey('roles', 'delete', 'support')).toEqual({
      stdout: '',
      stderr: 'Nothing was done.\n',
      exitCode: 1,
    });
    expect((await latchkey('roles', 'delete', 'support', '--json')).stderr).toBe(
      '{"code":"DECLINED","detail":"Nothing was done."}\n',
    );
  });

  it('asks nothing with --yes, whatever its argument begins with', async () => {
    result = (input) => ({ text: input.argument('role'), data: null });
    for (const words of [
      ['-hXk', '--yes'],
      ['--yes', '--Xk'],
    ])
      expect(await latchkey('roles', 'delete', ...words)).toMatchObject({
        stdout: expect.stringMatching(/^--?h?Xk\n$/),
        exitCode: 0,
      });
    expect(asked).toBe('');
  });

  it('needs --yes where no terminal is, and ends with 2', async () => {
    result = () => {
      throw new Error('It was carried out.');
    };
    const detail = 'No terminal to ask on whether to go on: roles delete needs --yes. Nothing was done.';
    expect(await latchkey('roles', 'delete', 'support')).toEqual({
      stdout: '',
      stderr: `${detail}\n`,
      exitCode: 2,
    });
    expect((await latchkey('roles', 'delete', 'support', '--json')).stderr).toBe(
      `${JSON.stringify({ code: 'USAGE', detail })}\n`,
    );
  });

  it('says so in its help', async () => {
    const { stdout } = await latchkey('roles', 'delete', '--help');
    expect(stdout).toContain('Usage: latchkey roles delete <role> [--yes] [--json]\n');
    expect(stdout).toMatch(/^ {2}--yes +does it without asking$/m);
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['usrs', 'list'], "Unknown command 'usrs' (Did you mean users?)", '<command> [--json]'],
    [['users', 'lst'], "Unknown command 'lst' (Did you mean list?)", 'users <command> [--json]'],
    [['users', 'grant', 'a'], "Missing required argument 'role'.", 'users grant <e-mail> <role> [--json]'],
    [
      ['users', 'grant', 'a', 'b', 'c'],
      "Too many arguments for 'grant'. Expected 2 arguments but got 3.",
      'users grant <e-mail> <role> [--json]',
    ],
    [
      ['users', 'list', '--srot', 'name'],
      "Unknown option '--srot' (Did you mean --sort?)",
      'users list [--sort <by>] [--json]',
    ],
    [
      ['users', 'list', '--sort', 'age'],
      "Option '--sort <by>' argument 'age' is invalid. Allowed choices are name.",
      'users list [--sort <by>] [--json]',
    ],
    [
      ['keys', 'export'],
      "Required option '--pem' not specified.",
      'keys export --pem [--out-dir <directory>] [--json]',
    ],
    [
      ['keys', 'export', '--pem', '--out-dir', ''],
      "Option '--out-dir <directory>' argument '' is invalid. It is empty.",
      'keys export --pem [--out-dir <directory>] [--json]',
    ],
  ])('%j ends with 2, and one line says why', async (words, problem, usage) => {
    expect(await latchkey(...words)).toEqual({
      stdout: '',
      stderr: `${problem}\nUsage: latchkey ${usage}\n`,
      exitCode: 2,
    });
    const asJson = await latchkey(...words, '--json');
    expect(asJson).toMatchObject({ stdout: '', exitCode: 2 });
    expect(JSON.parse(asJson.stderr)).toEqual({ code: 'USAGE', detail: problem });
    expect(closed).toBe(0);
  });

  it('because nothing was typed ends with 2 and tells what there is', async () => {
    const { stderr, exitCode } = await latchkey();
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('users grant <e-mail> <role>')]);
    expect((await latchkey('users')).stderr).toContain('users grant <e-mail> <role>');
  });
});

describe('a command that fails', () => {
  it.each([
    [new NotFoundError('There is no such user.'), 3, 'NOT_FOUND', 'There is no such user.'],
    [new LatchkeyError('CONFLICT', 'It was\nchanged.'), 1, 'CONFLICT', 'It was changed.'],
    [
      new LatchkeyError('VALIDATION_FAILED', 'Refused.', { fields: [{ field: 'name', message: 'is long' }] }),
      1,
      'VALIDATION_FAILED',
      'name: is long.',
    ],
    [
      new LatchkeyError('FIELD_TAKEN', 'Another has it.', {
        fields: [{ field: 'name', message: 'name is taken' }],
      }),
      1,
      'FIELD_TAKEN',
      'Another has it. name is taken.',
    ],
    [
      new LatchkeyError('PASSWORD_REJECTED', 'The password is short.', {
        fields: [{ field: 'password', message: 'is short' }],
      }),
      1,
      'PASSWORD_REJECTED',
      'The password is short.',
    ],
    [new ConfigurationError(['PORT is wrong']), 1, 'CONFIGURATION_INVALID', 'PORT is wrong'],
  ])('ends with its code and one line: %s', async (error, exitCode, code, detail) => {
    result = () => {
      throw error;
    };
    expect(await latchkey('migrate')).toEqual({ stdout: '', stderr: `${detail}\n`, exitCode });
    const asJson = await latchkey('migrate', '--json');
    expect(asJson).toEqual({ stdout: '', stderr: `${JSON.stringify({ code, detail })}\n`, exitCode });
    expect(closed).toBe(2);
  });

  it('for a reason that was not foreseen tells it with a stack, to programs on one line', async () => {
    result = () => {
      throw new TypeError('why');
    };
    expect((await latchkey('migrate')).stderr).toBe('Error: why\n    at stack\n');
    const { stderr } = await latchkey('migrate', '--json');
    expect(stderr).toBe('{"code":"INTERNAL","detail":"Error: why at stack"}\n');
  });
});
