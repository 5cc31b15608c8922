import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChallengeAnswer, type Login, LoginGate } from '../../../src/index.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

const CODE = '492039';

/** Asks for a code at each login. */
class CodeGate extends LoginGate {
  decide({ credential }: Login) {
    if (credential === 'registration') return { outcome: 'allow' } as const;
    return { outcome: 'challenge', challenges: [{ kind: 'code', state: { code: CODE } }] } as const;
  }

  override check({ state, answer }: ChallengeAnswer) {
    if (answer !== state['code']) return { outcome: 'wrong' } as const;
    return { outcome: 'allow', methods: ['otp'] } as const;
  }
}

describe('A login gate’s challenge', () => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { LOGIN_RATE_LIMIT: '1000/1m' },
      providers: [{ provide: LoginGate, useClass: CodeGate }],
    });
  });
  afterAll(() => as.close());

  it.each([true, false])('is answered on the way to the client (first-party: %s)', async (firstParty) => {
    const ada = await new Person(as, await as.client({ firstParty })).register();
    const acr = { essential: true, value: 'https://refeds.org/profile/mfa' };
    await ada.ask({ scope: 'openid email', claims: JSON.stringify({ id_token: { acr } }) });
    const asked = await ada.signIn();
    expect(asked.html).toContain('autocomplete="one-time-code"');
    const wrong = await ada.visitor.submit('/account/sign-in/challenge', { answer: '000000' });
    expect([wrong.status, wrong.html]).toEqual([401, expect.stringContaining('role="alert"')]);
    const next = await ada.follow(await ada.visitor.submit('/account/sign-in/challenge', { answer: CODE }));
    if (!firstParty) expect(next.html).toContain('Allow Shop?');
    const tokens = await ada.tokens(firstParty ? next : await ada.answer(next, 'allow'));
    expect(tokens.claims()).toMatchObject({
      email: ada.email,
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'https://refeds.org/profile/mfa',
    });
  });

  it('that is not answered leads to no code, and to no session', async () => {
    const config = await as.client();
    const ada = await new Person(as, config).register();
    await ada.ask();
    await ada.signIn();
    const cookie = ada.visitor.jar.headerFor('/oauth/authorize');
    const { location } = await as.authorize(config, cookie, { prompt: 'none' });
    expect(location.searchParams.get('error')).toBe('login_required');
  });
});
