import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { AccessTokenIssuer } from '../../../src/tokens/access/access-token-issuer.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';
import { basicOf } from './token-endpoint.js';

const SERVICE = { grants: ['client_credentials'], redirectUris: [] } as const;
const INACTIVE = { active: false };

describeOnEachStore('Tokens of Latchkey’s own routes', (environment) => {
  let as: TestAuthorizationServer;
  let team: oidc.Configuration;
  let partner: oidc.Configuration;
  let partnerResource: oidc.Configuration;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: environment() });
    const service = (settings: Partial<NewClient>) => as.client({ ...SERVICE, ...settings });
    team = await service({});
    partner = await service({ firstParty: false });
    partnerResource = await service({ firstParty: false, audiences: [as.origin] });
  });

  afterAll(() => as.close());

  const signIn = async () => (await as.server.api.register()).body;

  it('are told to first-party clients by introspection, as they are', async () => {
    const { user, accessToken } = await signIn();
    const { sid, jti, exp, iat, scope } = decodeJwt(accessToken);
    expect(await oidc.tokenIntrospection(team, accessToken)).toEqual({
      active: true,
      sub: user.id,
      client_id: 'latchkey',
      iss: as.origin,
      aud: as.origin,
      roles: ['user'],
      token_type: 'Bearer',
      ...(scope !== '' && { scope }),
      sid,
      jti,
      exp,
      iat,
    });
  });

  it('are told signed, to clients that ask for that (RFC 9701)', async () => {
    const { user, accessToken } = await signIn();
    const { client, secret } = await as.newClient(SERVICE);
    const answer = await fetch(`${as.url}/oauth/introspect`, {
      method: 'POST',
      headers: {
        accept: 'application/token-introspection+jwt',
        authorization: basicOf(client.id, secret),
      },
      body: new URLSearchParams({ token: accessToken }),
    });
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', as.url));
    const { payload } = await jwtVerify(await answer.text(), keys, { issuer: as.origin });
    expect(payload['token_introspection']).toMatchObject({ active: true, sub: user.id });
  });

  it('are told to a partner whose resource they are for, and to no other', async () => {
    const { user, accessToken } = await signIn();
    expect(await oidc.tokenIntrospection(partnerResource, accessToken)).toMatchObject({ sub: user.id });
    expect(await oidc.tokenIntrospection(partner, accessToken)).toEqual(INACTIVE);
  });

  it('are told of as inactive to public clients, first-party ones, too', async () => {
    const { accessToken, refreshToken } = await signIn();
    const open = await as.client({ type: 'public' });
    expect(await oidc.tokenIntrospection(open, accessToken)).toEqual(INACTIVE);
    expect(await oidc.tokenIntrospection(open, refreshToken)).toEqual(INACTIVE);
  });

  it.each(['access_token', 'refresh_token', undefined])('are known with the hint %s', async (hint) => {
    const { accessToken, refreshToken } = await signIn();
    for (const token of [accessToken, refreshToken])
      expect(
        await oidc.tokenIntrospection(team, token, hint === undefined ? {} : { token_type_hint: hint }),
      ).toMatchObject({ active: true, client_id: 'latchkey' });
  });

  it('as refresh tokens are told of to first-party clients alone, until they are replaced', async () => {
    const { user, accessToken, refreshToken } = await signIn();
    const { sid } = decodeJwt(accessToken);
    const { iat, exp, ...said } = await oidc.tokenIntrospection(team, refreshToken);
    expect(said).toEqual({ active: true, sub: user.id, client_id: 'latchkey', iss: as.origin, sid });
    expect(Number(exp) - Number(iat)).toBe(7 * 86_400);
    expect(await oidc.tokenIntrospection(partnerResource, refreshToken)).toEqual(INACTIVE);
    await as.server.api.refresh(refreshToken);
    as.server.clock.advance(11_000);
    expect(await oidc.tokenIntrospection(team, refreshToken)).toEqual(INACTIVE);
  });

  it('are inactive from the logout on', async () => {
    const { accessToken, refreshToken } = await signIn();
    await as.server.api.post('/api/auth/logout', undefined, { token: accessToken });
    for (const token of [accessToken, refreshToken])
      expect(await oidc.tokenIntrospection(team, token)).toEqual(INACTIVE);
  });

  it('are inactive where they are good for setting a password alone', async () => {
    const { user } = await signIn();
    const sessions = as.server.app.get(SessionsService, { strict: false });
    const { session } = await sessions.open(user.id, { ip: null, userAgent: null });
    const issuer = as.server.app.get(AccessTokenIssuer, { strict: false });
    const issued = await issuer.issue(session, { roles: [], scopes: ['password:change'] });
    expect(await oidc.tokenIntrospection(team, issued.accessToken)).toEqual(INACTIVE);
  });

  it('are revoked by no client (RFC 7009 section 2.1): 200, and nothing ends', async () => {
    const { accessToken, refreshToken } = await signIn();
    for (const client of [team, partner, partnerResource])
      for (const token of [accessToken, refreshToken]) await oidc.tokenRevocation(client, token);
    expect((await as.server.api.profile(accessToken)).status).toBe(200);
    expect((await as.server.api.refresh(refreshToken)).status).toBe(200);
  });

  it('open no userinfo', async () => {
    const { accessToken } = await signIn();
    const answer = await fetch(`${as.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(answer.status).toBe(401);
  });

  it('are no other than tokens of clients: of those a partner knows its own, and those for its resource', async () => {
    const { cookie } = await signInBrowser(as.url, as.origin);
    const shop = await as.client();
    const { location, checks } = await as.authorize(shop, cookie);
    const { access_token: token } = await oidc.authorizationCodeGrant(shop, location, checks);
    for (const knowing of [shop, team, partnerResource])
      expect((await oidc.tokenIntrospection(knowing, token)).active).toBe(true);
    expect(await oidc.tokenIntrospection(partner, token)).toEqual(INACTIVE);
    const own = await oidc.clientCredentialsGrant(partner);
    expect((await oidc.tokenIntrospection(partner, own.access_token)).active).toBe(true);
  });
});
