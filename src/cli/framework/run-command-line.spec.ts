import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLineUnderTest } from '../../../test/support/command-line-under-test.js';

let line: CommandLineUnderTest;

beforeEach(() => {
  line = new CommandLineUnderTest();
});

describe('a command line', () => {
  it('that is right has the command run, its answer printed, and what it opened closed', async () => {
    line.result = (input) => ({ text: `${input.argument('e-mail')} ${input.argument('role')}`, data: null });
    expect(await line.run('users', 'grant', 'ann@example.com', 'admin')).toEqual({
      stdout: 'ann@example.com admin\n',
      stderr: '',
      exitCode: 0,
    });
    expect(line.closed).toBe(1);
  });

  it('takes options before, between and after arguments, and words after -- as they are', async () => {
    line.result = (input) => ({ text: '', data: [input.argument('e-mail'), input.argument('role')] });
    for (const words of [
      ['--json', 'a', 'b'],
      ['a', '--json', 'b'],
      ['a', 'b', '--json'],
    ])
      expect((await line.run('users', 'grant', ...words)).stdout).toBe('[\n  "a",\n  "b"\n]\n');
    const { stdout } = await line.run('users', 'grant', '--json', '--', '-a', '--json');
    expect(JSON.parse(stdout)).toEqual(['-a', '--json']);
  });

  it('hands a value and a flag to the command by the names of its definition', async () => {
    line.result = (input) => ({ text: '', data: [input.option('out-dir') ?? null, input.flag('pem')] });
    const { stdout } = await line.run('keys', 'export', '--pem', '--out-dir', 'keys', '--json');
    expect(JSON.parse(stdout)).toEqual(['keys', true]);
  });

  it('takes an argument that begins with a dash where one may', async () => {
    line.result = (input) => ({ text: input.argument('kid'), data: null });
    expect((await line.run('keys', 'revoke', '-hXk_1')).stdout).toBe('-hXk_1\n');
    expect((await line.run('keys', 'revoke', '--Xk_1')).stdout).toBe('--Xk_1\n');
    expect((await line.run('keys', 'revoke', '-x', '--jsn')).exitCode).toBe(2);
    expect((await line.run('users', 'grant', '-a', 'b')).stderr).toContain("Unknown option '-a'.");
  });

  it('names a command by its other name, too', async () => {
    expect((await line.run('migrations', 'run')).stdout).toBe('Done.\n');
    expect((await line.run('migrate')).stdout).toBe('Done.\n');
  });

  it('ends with 1 where a command found that something is not as it has to be', async () => {
    line.result = () => ({ text: 'Bad.', data: null, failed: true });
    expect(await line.run('migrate')).toEqual({ stdout: 'Bad.\n', stderr: '', exitCode: 1 });
  });

  it('tells the version', async () => {
    expect(await line.run('--version')).toEqual({ stdout: '1.2.3\n', stderr: '', exitCode: 0 });
  });
});

describe('a command that cannot be taken back', () => {
  it('asks on a terminal, and is carried out for a yes', async () => {
    line.typed = 'y\n';
    expect(await line.run('roles', 'delete', 'support')).toMatchObject({ stdout: 'Done.\n', exitCode: 0 });
    expect(line.asked).toContain('Delete support? [y/N] ');
  });

  it.each(['n\n', '\n', ''])('does nothing for %j, and ends with 1', async (answer) => {
    line.typed = answer;
    line.result = () => {
      throw new Error('It was carried out.');
    };
    expect(await line.run('roles', 'delete', 'support')).toEqual({
      stdout: '',
      stderr: 'Nothing was done.\n',
      exitCode: 1,
    });
    expect((await line.run('roles', 'delete', 'support', '--json')).stderr).toBe(
      '{"code":"DECLINED","detail":"Nothing was done."}\n',
    );
  });

  it('asks nothing with --yes, whatever its argument begins with', async () => {
    line.result = (input) => ({ text: input.argument('role'), data: null });
    for (const words of [
      ['-hXk', '--yes'],
      ['--yes', '--Xk'],
    ])
      expect(await line.run('roles', 'delete', ...words)).toMatchObject({
        stdout: expect.stringMatching(/^--?h?Xk\n$/),
        exitCode: 0,
      });
    expect(line.asked).toBe('');
  });

  it('needs --yes where no terminal is, and ends with 2', async () => {
    line.result = () => {
      throw new Error('It was carried out.');
    };
    const detail = 'No terminal to ask on whether to go on: roles delete needs --yes. Nothing was done.';
    expect(await line.run('roles', 'delete', 'support')).toEqual({
      stdout: '',
      stderr: `${detail}\n`,
      exitCode: 2,
    });
    expect((await line.run('roles', 'delete', 'support', '--json')).stderr).toBe(
      `${JSON.stringify({ code: 'USAGE', detail })}\n`,
    );
  });

  it('says so in its help', async () => {
    const { stdout } = await line.run('roles', 'delete', '--help');
    expect(stdout).toContain('Usage: latchkey roles delete <role> [--yes] [--json]\n');
    expect(stdout).toMatch(/^ {2}--yes +does it without asking$/m);
  });
});
