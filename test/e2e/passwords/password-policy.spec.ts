import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type PasswordContext,
  PasswordPolicies,
  PasswordPolicy,
  StandardPasswordPolicy,
} from '../../../src/index.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { RangeServer } from '../../support/range-server.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const BREACHED = 'a breached passphrase';
const TOO_CLOSE = 'is too close to your name, your e-mail address or this service';

describeOnEachStore('the password policy', (environment) => {
  let server: TestApp;
  let range: RangeServer;

  beforeAll(async () => {
    range = await RangeServer.start(BREACHED);
    server = await startTestApp({
      environment: {
        ...environment(),
        APP_NAME: 'Roadrunner',
        PASSWORD_MIN_LENGTH: '10',
        BREACHED_PASSWORDS_URL: range.url,
        BREACHED_PASSWORDS_TIMEOUT: '10s',
      },
    });
  });

  afterAll(async () => {
    await server.close();
    await range.close();
  });

  const change = (token: string, newPassword: string) =>
    server.api.post('/api/auth/password/change', { currentPassword: PASSWORD, newPassword }, { token });

  it.each([
    ['the name', 'Wile-Coyote-99', TOO_CLOSE],
    ['the e-mail address', 'desert.dweller', TOO_CLOSE],
    ["the e-mail address's domain", 'Acme-Traps!', TOO_CLOSE],
    ["the service's name", 'RoadRunner2026', TOO_CLOSE],
    ['a password known from a breach', BREACHED, 'is known from a data breach, so that attackers try it'],
    ['a common password', 'qwertyuiop', 'is one of the most common passwords'],
    ['a password shorter than the setting', 'zq8vkw2m!', 'must have at least 10 characters'],
  ])('refuses %s, at registration and at a change: %s', async (_, password, message) => {
    const name = 'Wile E. Coyote';
    const email = `desert.dweller@acme-traps-${uniqueEmail().slice(5, 13)}.example`;
    const refused = await server.api.register({ name, email, password });
    expectProblem(refused, 400, 'PASSWORD_REJECTED');
    expect(refused.body.errors).toEqual([{ field: 'password', message }]);
    expect(JSON.stringify(refused.body)).not.toContain('4711');

    const { accessToken } = (await server.api.register({ name, email })).body;
    const unchanged = await change(accessToken, password);
    expectProblem(unchanged, 400, 'PASSWORD_REJECTED');
    expect(unchanged.body.errors).toEqual([{ field: 'newPassword', message }]);
    expect((await server.api.login(email)).status).toBe(200);
  });

  it("takes a passphrase that mentions the user and the service, and another person's name", async () => {
    for (const password of ['roadrunner and ada race at 17', 'Wile-Coyote-99']) {
      const email = uniqueEmail();
      expect((await server.api.register({ name: 'Ada', email, password })).status).toBe(201);
      expect((await server.api.login(email, password)).status).toBe(200);
    }
  });

  it('asks about a breach last, for what nothing else refuses', async () => {
    range.requests.length = 0;
    await server.api.register({ password: 'qwertyuiop' });
    await server.api.register({ password: 'short' });
    expect(range.requests).toEqual([]);
  });
});

describe('breached passwords that cannot be asked for', () => {
  let range: RangeServer;

  beforeAll(async () => {
    range = await RangeServer.start();
    range.answer = (_, response) => {
      response.statusCode = 500;
      response.end();
    };
  });

  afterAll(async () => {
    await range.close();
  });

  it.each([
    ['allow', 201],
    ['refuse', 503],
  ])('have the answer that is set: %s', async (onFailure, status) => {
    const server = await startTestApp({
      environment: { BREACHED_PASSWORDS_URL: range.url, BREACHED_PASSWORDS_ON_FAILURE: onFailure },
    });
    try {
      const answer = await server.api.register();
      expect(answer.status).toBe(status);
      if (status === 503) {
        expectProblem(answer, 503, 'UNAVAILABLE');
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
    } finally {
      await server.close();
    }
  });
});

/** The example of docs/extending.md. */
class NoWeekdaysPolicy extends PasswordPolicy {
  reject(password: string, context?: PasswordContext): Promise<string | undefined> {
    const names = context?.email === undefined ? 'day' : `day of ${context.email}`;
    return Promise.resolve(/(?:mon|tues)day/i.test(password) ? `must name no ${names}` : undefined);
  }
}

describe('a policy of a team', () => {
  it('stands beside the default, and knows whose password it is', async () => {
    const server = await startTestApp({
      providers: [
        {
          provide: PasswordPolicy,
          inject: [StandardPasswordPolicy],
          useFactory: (standard: StandardPasswordPolicy) =>
            new PasswordPolicies([standard, new NoWeekdaysPolicy()]),
        },
      ],
    });
    try {
      const email = uniqueEmail();
      const messageFor = async (password: string) =>
        (await server.api.register({ email, password })).body.errors?.[0]?.message;
      expect(await messageFor('purple monkey on Tuesday')).toBe(`must name no day of ${email}`);
      expect(await messageFor('qwertyuiop')).toBe('is one of the most common passwords');
      expect(await messageFor(PASSWORD)).toBeUndefined();
    } finally {
      await server.close();
    }
  });
});
