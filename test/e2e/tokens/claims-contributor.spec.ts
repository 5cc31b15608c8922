import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import {
  AccessTokenVerifier,
  type ClaimsContext,
  ClaimsContributor,
  type CustomClaims,
  SessionsService,
} from '../../../src/index.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

/** Of a team, whose claims are kept in another place. */
@Injectable()
class TenantClaims extends ClaimsContributor {
  answer: () => CustomClaims | Promise<CustomClaims> = () => ({});
  readonly asked: ClaimsContext[] = [];

  contribute(context: ClaimsContext): CustomClaims | Promise<CustomClaims> {
    this.asked.push(context);
    return this.answer();
  }
}

describe('A contributor of claims', () => {
  const tenants = new TenantClaims();
  let server: TestApp;

  beforeAll(async () => {
    const providers = [{ provide: ClaimsContributor, useValue: tenants }];
    server = await startTestApp({ providers, environment: { REFRESH_GRACE: '0s' } });
  });
  beforeEach(() => {
    tenants.asked.length = 0;
    tenants.answer = () => ({ tenant: 'acme', 'https://example.com/seats': [1, 2] });
  });
  afterAll(() => server.close());

  const claimsOf = (token: string) => server.app.get(AccessTokenVerifier).verify(token).claims;

  it('is asked for each token, told for whom and why, and what it says is in it', async () => {
    const { user, ...first } = (await server.api.register()).body;
    const second = (await server.api.login(user.email)).body;
    const third = (await server.api.refresh(second.refreshToken)).body;

    expect(tenants.asked.map(({ reason }) => reason)).toEqual(['registration', 'login', 'refresh']);
    expect(tenants.asked.map((context) => context.user.id)).toEqual([user.id, user.id, user.id]);
    const sessions = [first, second, third].map(({ accessToken }) => decodeJwt(accessToken)['sid']);
    expect(tenants.asked.map(({ session }) => session.id)).toEqual(sessions);
    expect(JSON.stringify(tenants.asked)).not.toMatch(/\$2b\$|secretHash/);
    for (const { accessToken } of [first, second, third])
      expect(decodeJwt(accessToken)).toMatchObject({ sub: user.id, ...(await tenants.answer()) });
  });

  it('is heard by the verifier, also where the token is remembered', async () => {
    const { accessToken } = (await server.api.register()).body;
    const claims = claimsOf(accessToken);
    expect(claims).toEqual(tenants.answer());
    expect(claimsOf(accessToken)).toBe(claims);
    expect((await server.api.profile(accessToken)).status).toBe(200);
  });

  it('has its newest word in the next token, not in those that there are', async () => {
    const { accessToken, refreshToken } = (await server.api.register()).body;
    tenants.answer = () => Promise.resolve({ tenant: 'globex' });
    const next = (await server.api.refresh(refreshToken)).body;
    expect([claimsOf(accessToken)['tenant'], claimsOf(next.accessToken)['tenant']]).toEqual([
      'acme',
      'globex',
    ]);
  });

  it('is asked again where the roles changed while it was asked', async () => {
    const { user, refreshToken } = (await server.api.register()).body;
    tenants.asked.length = 0;
    tenants.answer = async () => {
      const seen = [...(tenants.asked.at(-1)?.user.roles ?? [])];
      if (tenants.asked.length === 1)
        await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
      return { seen };
    };
    const { accessToken } = (await server.api.refresh(refreshToken)).body;
    const roles = ['admin', 'user'];
    expect(decodeJwt(accessToken)).toMatchObject({ roles, seen: roles });
  });

  it('that does not answer opens no session at a login', async () => {
    const { user } = (await server.api.register()).body;
    const sessions = async () =>
      (await server.app.get(SessionsService).listOpen(user.id, { limit: 10 })).length;
    tenants.answer = () => Promise.reject(new Error('connection refused'));
    const refused = await server.api.login(user.email);
    expectProblem(refused, 503, 'UNAVAILABLE');
    expect(JSON.stringify(refused.body)).not.toContain('refused');
    expect(await sessions()).toBe(1);
  });

  it('that does not answer leaves the refresh token good, however long it takes', async () => {
    const { refreshToken } = (await server.api.register()).body;
    tenants.answer = () => Promise.reject(new Error('connection refused'));
    for (let n = 0; n < 2; n += 1) expectProblem(await server.api.refresh(refreshToken), 503, 'UNAVAILABLE');
    tenants.answer = () => ({ tenant: 'acme' });
    expect((await server.api.refresh(refreshToken)).status).toBe(200);
  });

  it('is not asked for a refresh token that is refused', async () => {
    const { refreshToken, accessToken } = (await server.api.register()).body;
    await server.api.refresh(refreshToken);
    tenants.asked.length = 0;
    expectProblem(await server.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    expectProblem(await server.api.refresh('lk_rt_nonsense'), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expect(tenants.asked).toEqual([]);
  });

  it('that says what only Latchkey says brings no token about', async () => {
    const { user } = (await server.api.register()).body;
    tenants.answer = () => ({ roles: ['admin'] });
    expectProblem(await server.api.login(user.email), 500, 'INTERNAL');
  });
});
