import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLineUnderTest, COMMANDS, LONG } from '../../../test/support/command-line-under-test.js';

let line: CommandLineUnderTest;

beforeEach(() => {
  line = new CommandLineUnderTest();
});

describe('help', () => {
  it('lists all commands with what they take, and those of a group', async () => {
    const all = await line.run('--help');
    expect(all).toMatchObject({ stderr: '', exitCode: 0 });
    expect(all.stdout).toMatch(/^ {2}users grant <e-mail> <role> +Grants\.$/m);
    expect(all.stdout).toMatch(/^ {2}keys export --pem +Exports\.$/m);
    expect(all.stdout).toContain('\nMore of one: latchkey <command> --help\n');
    expect(all.stdout).not.toContain('migrations run');
    const { stdout } = await line.run('users', '-h');
    expect(stdout).toContain('users grant <e-mail> <role>');
    expect(stdout).not.toContain('keys export');
    expect(stdout).toContain('\nMore of one: latchkey users <command> --help\n');
  });

  it.each([80, 60, 45])('fits into %d columns, and nothing is lost', async (narrow) => {
    line.columns = narrow;
    for (const words of [[], ['users'], ['users', 'find']]) {
      const { stdout } = await line.run(...words, '--help');
      expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(narrow);
      const flowing = stdout.replaceAll(/\s+/g, ' ');
      expect(flowing).toContain(LONG);
      if (words.length === 2)
        expect(flowing).toContain('find <e-mail or id> [--one <value>] [--another <value>] [--a-third');
    }
  });

  it.each(COMMANDS.map(({ name, summary }) => ({ name, summary })))(
    'of $name says what it does and takes',
    async ({ name, summary }) => {
      line.columns = 200;
      const { stdout, exitCode } = await line.run(...name.split(' '), '--help');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`\n${summary}\n`)]);
      expect(stdout).toMatch(new RegExp(`^Usage: latchkey ${name} .*\\[--json\\]$`, 'm'));
      expect(line.closed).toBe(0);
    },
  );
});
