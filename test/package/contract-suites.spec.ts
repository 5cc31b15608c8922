import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PackedApplication } from './packed-application.js';

/** Where `BROKEN` is set, the users know addresses only as they were written. */
const SUITES = `
import {
  attemptStoreContract, identityLinksContract, InMemoryAttemptStore, InMemoryIdentityLinks,
  InMemoryOneTimeTokensRepository, InMemoryRevocationStore, InMemorySessionsRepository, InMemoryUsersRepository,
  oneTimeTokensRepositoryContract, revocationStoreContract, sessionsRepositoryContract, usersRepositoryContract,
} from 'latchkey/testing';

class Users extends InMemoryUsersRepository {
  async findByEmail(email) {
    const user = await super.findByEmail(email);
    return process.env.BROKEN && user?.email !== email ? undefined : user;
  }
}

attemptStoreContract('attempts', (rule) => new InMemoryAttemptStore(rule));
identityLinksContract('links', () => ({ instances: [new InMemoryIdentityLinks()] }));
oneTimeTokensRepositoryContract('one-time tokens', () => new InMemoryOneTimeTokensRepository());
revocationStoreContract('revocations', () => new InMemoryRevocationStore());
sessionsRepositoryContract('sessions', () => {
  const revocations = new InMemoryRevocationStore();
  return { instances: [new InMemorySessionsRepository(revocations)], revocations };
});
usersRepositoryContract('users', (clock) => new Users(clock));
`;

/** The one that runs this test; an application's own would be the same. */
const JEST = join(process.cwd(), 'node_modules/jest/bin/jest.js');

const RUNNERS = {
  Jest: {
    args: ['--experimental-vm-modules', JEST, '--testMatch', '**/*.test.mjs'],
    passed: /Tests: +(\d+) passed, \1 total/,
  },
  Vitest: {
    args: ['node_modules/vitest/vitest.mjs', 'run', 'suites.test.mjs'],
    passed: /Tests +(\d+) passed \(\1\)/,
  },
  'node:test': {
    args: ['--test', '--test-reporter=tap', 'suites.test.mjs'],
    passed: /# pass (\d+)\n# fail 0/,
  },
};

/** Of an application in CommonJS. */
const COMMON_JS_TEST = `
test('a token of a test issuer', async () => {
  const { TestIssuer } = await import('latchkey/testing');
  const issuer = await TestIssuer.start({ audience: 'https://api.example.com' });
  expect(issuer.token().split('.')).toHaveLength(3);
  await issuer.close();
});
`;

describe('The suites of latchkey/testing', () => {
  let application: PackedApplication;

  beforeAll(async () => {
    // The newest Vitest that runs on Node 20.
    application = await PackedApplication.create('vitest@4.1.12');
    application.write('suites.test.mjs', SUITES);
    application.write('common-js.jest.cjs', COMMON_JS_TEST);
  }, 300_000);

  afterAll(() => {
    application?.remove();
  });

  const counts = new Set<string | undefined>();

  it.each(Object.entries(RUNNERS))('run in %s, and all their tests pass', async (_, { args, passed }) => {
    const { code, output } = await application.run(args);

    expect(output).toMatch(passed);
    expect(code).toBe(0);
    counts.add(passed.exec(output)?.[1]);
  });

  it('have as many tests in each of them', () => {
    expect([...counts].map(Number)).toEqual([expect.any(Number)]);
    expect(Math.min(...[...counts].map(Number))).toBeGreaterThan(210);
  });

  it.each(Object.entries(RUNNERS))('fail in %s for an implementation that is wrong', async (_, { args }) => {
    const { code, output } = await application.run(args, { BROKEN: '1' });

    expect(code).toBe(1);
    expect(output).toContain('are kept as written and found in any case');
  });

  it('are imported in Jest by a test in CommonJS with --experimental-vm-modules, and not without', async () => {
    const jest = [JEST, '--testMatch', '**/*.jest.cjs'];
    const [withFlag, without] = await Promise.all([
      application.run(['--experimental-vm-modules', ...jest]),
      application.run(jest),
    ]);
    expect([withFlag.code, withFlag.output]).toEqual([0, expect.stringContaining('1 passed')]);
    expect([without.code, without.output]).toEqual([1, expect.stringContaining('experimental-vm-modules')]);
  });
});
