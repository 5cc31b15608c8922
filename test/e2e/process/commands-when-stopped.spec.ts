import { describe, expect, it } from '@jest/globals';
import { copyMigratedDirectory } from '../../support/services/migrated-database.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';
import { carryOutCommand, runCommand } from '../support/operator.js';

const EMAIL = 'ada@example.com';

describe('Commands on the embedded database of a server that is stopped', () => {
  it('make, show, change and disable a user, end sessions, rotate keys, and look whether all is well', async () => {
    const directory = temporaryDirectory();
    await copyMigratedDirectory(`${directory.path}/database`);
    const environment = testEnvironment(directory.path, { DATABASE_URL: '' });
    const json = async (...words: string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await carryOutCommand(environment, ...words, '--json');
      expect([words, code, stderr]).toEqual([words, 0, '']);
      return JSON.parse(stdout);
    };
    try {
      // By the built program, as it is the first: the others are the same but for the process.
      const made = await runCommand(environment, 'users', 'create', EMAIL, '--print-link', '--json');
      expect([made.code, JSON.parse(made.stdout)]).toEqual([0, expect.objectContaining({ email: EMAIL })]);
      await json('roles', 'create', 'support', '--scopes', 'users:read');
      await json('users', 'set-roles', EMAIL, 'user,support');
      expect(await json('users', 'show', EMAIL)).toMatchObject({ email: EMAIL, roles: ['support', 'user'] });
      await json('users', 'disable', EMAIL);
      expect(JSON.stringify(await json('users', 'list', '--disabled', 'yes'))).toContain(EMAIL);
      await json('sessions', 'end', EMAIL);
      expect(await json('sessions', 'list', EMAIL)).toEqual([]);
      await json('keys', 'rotate');
      expect(await json('keys', 'list')).toHaveLength(2);
      const { code, stdout } = await carryOutCommand(environment, 'doctor', '--json');
      expect([code, stdout]).toEqual([0, expect.stringContaining('database')]);
    } finally {
      directory.remove();
    }
  });
});
