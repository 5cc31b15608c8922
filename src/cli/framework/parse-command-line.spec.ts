import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLineUnderTest } from '../../../test/support/command-line-under-test.js';

let line: CommandLineUnderTest;

beforeEach(() => {
  line = new CommandLineUnderTest();
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
    expect(await line.run(...words)).toEqual({
      stdout: '',
      stderr: `${problem}\nUsage: latchkey ${usage}\n`,
      exitCode: 2,
    });
    const asJson = await line.run(...words, '--json');
    expect(asJson).toMatchObject({ stdout: '', exitCode: 2 });
    expect(JSON.parse(asJson.stderr)).toEqual({ code: 'USAGE', detail: problem });
    expect(line.closed).toBe(0);
  });

  it('because nothing was typed ends with 2 and tells what there is', async () => {
    const { stderr, exitCode } = await line.run();
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('users grant <e-mail> <role>')]);
    expect((await line.run('users')).stderr).toContain('users grant <e-mail> <role>');
  });
});
