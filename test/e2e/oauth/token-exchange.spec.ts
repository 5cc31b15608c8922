import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { ClaimsContributor } from '../../../src/auth/claims/claims-contributor.js';
import type { JsonValue } from '../../../src/common/json-value.js';
import { AccessTokenVerifier } from '../../../src/tokens/access/access-token-verifier.js';
import type { CustomClaims } from '../../../src/tokens/access/custom-claims.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ORDERS = 'https://orders.example.com/';
const STOCK = 'https://stock.example.com/';

let as: TestAuthorizationServer;

/** Says in tokens who may act for the user. */
class NamedActors extends ClaimsContributor {
  claims: CustomClaims = {};

  contribute(): CustomClaims {
    return this.claims;
  }
}

const naming = new NamedActors();

/** The token of a user for whom that actor alone may act. */
async function grantedTo(actor: JsonValue): Promise<string> {
  naming.claims = { may_act: actor };
  try {
    return (await granted()).access_token;
  } finally {
    naming.claims = {};
  }
}

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ providers: [{ provide: ClaimsContributor, useValue: naming }] });
});

afterAll(() => as.close());

type Settings = Parameters<TestAuthorizationServer['client']>[0];

const shop = (settings: Settings = {}) => as.client({ audiences: [ORDERS], ...settings });
const service = (settings: Settings = {}) =>
  as.client({
    name: 'Orders',
    grants: [EXCHANGE, 'client_credentials'],
    redirectUris: [],
    scopes: ['openid', 'email', 'roles', 'account', 'profile'],
    audiences: [STOCK],
    ...settings,
  });

/** What a user let a client do. */
async function granted(parameters: Record<string, string> = {}, settings: Settings = {}) {
  const [config, { cookie, userId }] = await Promise.all([shop(settings), signInBrowser(as.url, as.origin)]);
  const asked = {
    scope: 'openid email roles',
    resource: ORDERS,
    ...parameters,
  };
  const { location, checks } = await as.authorize(config, cookie, asked);
  return { config, userId, ...(await oidc.authorizationCodeGrant(config, location, checks)) };
}

const exchange = (config: oidc.Configuration, token: string, parameters: Record<string, string> = {}) =>
  oidc.genericGrantRequest(config, EXCHANGE, {
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    ...parameters,
  });

const idOf = (config: oidc.Configuration) => config.clientMetadata().client_id;
const refusal = (error: string) => expect.objectContaining({ error });

describe('A token in exchange', () => {
  it('is for the same user and session, at another resource, and says who acts', async () => {
    const { access_token: subject, userId } = await granted();
    const orders = await service();
    const answer = await exchange(orders, subject, { resource: STOCK, scope: 'email roles' });
    expect(answer).toMatchObject({
      issued_token_type: ACCESS_TOKEN,
      token_type: 'bearer',
      scope: 'email roles',
      expires_in: expect.any(Number),
    });
    expect([answer.refresh_token, answer.id_token]).toEqual([undefined, undefined]);
    const before = decodeJwt(subject);
    expect(decodeJwt(answer.access_token)).toMatchObject({
      iss: as.origin,
      sub: userId,
      sid: before['sid'],
      aud: STOCK,
      client_id: idOf(orders),
      scope: 'email roles',
      roles: ['user'],
      act: { sub: idOf(orders) },
    });
  });

  it('says the whole chain of who acts, which guards know, up to five', async () => {
    const latchkey = { audiences: [STOCK, ORDERS, as.origin] };
    const services = [];
    for (let index = 0; index < 6; index++) services.push(await service(latchkey));
    let { access_token: token } = await granted();
    for (const config of services.slice(0, 5))
      token = (await exchange(config, token, { resource: as.origin })).access_token;
    const ids = services.map(idOf);
    const caller = as.server.app.get(AccessTokenVerifier, { strict: false }).verify(token);
    expect(caller.actors).toEqual(ids.slice(0, 5).toReversed());
    const [last] = services.slice(5);
    await expect(exchange(last as oidc.Configuration, token)).rejects.toEqual(refusal('invalid_request'));
  });

  it('can do no more than the token, or the client', async () => {
    const { access_token: token } = await granted({ scope: 'openid email' });
    const orders = await service({ scopes: ['email', 'roles', 'account'] });
    for (const scope of ['account', 'roles', 'openid', 'email users:write', 'offline_access'])
      await expect(exchange(orders, token, { scope })).rejects.toEqual(refusal('invalid_scope'));
    const all = decodeJwt((await exchange(orders, token)).access_token);
    expect([all['scope'], all['roles']]).toEqual(['email', []]);
    const again = decodeJwt((await exchange(orders, token, { scope: 'email' })).access_token);
    expect(again['scope']).toBe('email');
  });

  it('never outlives the token, and is shorter where the client’s tokens are', async () => {
    const { access_token: token } = await granted();
    as.server.clock.advance(600_000);
    const orders = await service();
    const later = await exchange(orders, token);
    expect(decodeJwt(later.access_token).exp).toBeLessThanOrEqual(decodeJwt(token).exp ?? 0);
    expect(later.expires_in).toBeLessThanOrEqual(300);
    const brief = await exchange(await service({ accessTokenTtl: 60 }), token);
    expect(brief.expires_in).toBeLessThanOrEqual(60);
  });

  it.each([
    ['that the client may not ask for', { resource: ['https://secrets.example.com/'] }],
    ['of Latchkey itself, where that is not named', { resource: ['own'] }],
    ['by its name that is not named', { audience: ['payroll'] }],
    ['of which there are two', { resource: [STOCK, ORDERS] }],
    ['of which there are two by different names', { resource: [STOCK], audience: [ORDERS] }],
  ])('is for no resource %s', async (_which, targets) => {
    const { access_token: token } = await granted();
    const form = new URLSearchParams({ subject_token: token, subject_token_type: ACCESS_TOKEN });
    for (const [name, values] of Object.entries(targets))
      for (const value of values) form.append(name, value === 'own' ? as.origin : value);
    await expect(oidc.genericGrantRequest(await service(), EXCHANGE, form)).rejects.toEqual(
      refusal('invalid_target'),
    );
  });

  it('stays for the resource of the token, where none is named', async () => {
    const { access_token: token } = await granted();
    expect(decodeJwt((await exchange(await service(), token)).access_token).aud).toBe(ORDERS);
  });

  it('dies with the session, and is not given after its end', async () => {
    const { access_token: token, config } = await granted();
    const orders = await service({ audiences: [as.origin] });
    const { access_token: exchanged } = await exchange(orders, token, { audience: as.origin });
    const statusOf = async () =>
      (await as.server.api.get('/api/auth/verify?scopes=openid', { token: exchanged })).status;
    expect(await statusOf()).toBe(204);
    await oidc.tokenRevocation(config, token);
    expect(await statusOf()).toBe(401);
    await expect(exchange(orders, token)).rejects.toEqual(refusal('invalid_request'));
    await expect(exchange(orders, exchanged)).rejects.toEqual(refusal('invalid_request'));
  });

  it('dies with what revokes the token by its time, as a role that is withdrawn', async () => {
    const { access_token: token, userId } = await granted();
    as.server.clock.advance(5000);
    const orders = await service({ audiences: [as.origin] });
    const { access_token: exchanged } = await exchange(orders, token, { audience: as.origin });
    expect(decodeJwt(exchanged).iat).toBe(decodeJwt(token).iat);
    as.server.clock.advance(-3000);
    await as.server.app.get(RevocationService, { strict: false }).revokeSubject(userId);
    as.server.clock.advance(3000);
    expect((await as.server.api.get('/api/auth/verify', { token: exchanged })).status).toBe(401);
  });

  const CHANGES: [string, (client: string) => Promise<unknown>][] = [
    ['is deleted', (id) => clients().delete(id, OPERATOR)],
    ['is disabled', (id) => clients().change(id, { disabled: true }, OPERATOR)],
    ['may exchange no more', (id) => clients().change(id, { grants: ['client_credentials'] }, OPERATOR)],
    ['is first-party no more', (id) => clients().change(id, { firstParty: false }, OPERATOR)],
    ['may have less', (id) => clients().change(id, { scopes: ['openid'] }, OPERATOR)],
  ];
  const clients = () => as.server.app.get(OAuthClients, { strict: false });

  it.each(CHANGES)(
    'dies where a client that acts %s, also what it was exchanged for',
    async (_what, change) => {
      const { access_token: token } = await granted();
      const [first, last] = await Promise.all([service(), service({ audiences: [as.origin] })]);
      const { access_token: between } = await exchange(first, token);
      const { access_token: exchanged } = await exchange(last, between, { audience: as.origin });
      const { access_token: other } = await exchange(last, token, { audience: as.origin });
      const statusOf = async (shown: string) =>
        (await as.server.api.get('/api/auth/verify?scopes=openid', { token: shown })).status;
      expect([await statusOf(exchanged), await statusOf(other)]).toEqual([204, 204]);
      await change(idOf(first));
      expect([await statusOf(exchanged), await statusOf(other)]).toEqual([401, 204]);
      await expect(exchange(last, between, { audience: as.origin })).rejects.toEqual(
        refusal('invalid_request'),
      );
      await change(idOf(last));
      expect(await statusOf(other)).toBe(401);
    },
  );

  it('of a user is given to a client of others for its own resources and scopes alone', async () => {
    const { accessToken: own } = (await as.server.api.register()).body;
    const partner = await service({ firstParty: false, scopes: ['email'] });
    for (const target of [{}, { audience: as.origin }, { resource: ORDERS }])
      await expect(exchange(partner, own, { ...target })).rejects.toEqual(refusal('invalid_target'));
    for (const scope of ['account', 'roles', 'openid'])
      await expect(exchange(partner, own, { resource: STOCK, scope })).rejects.toEqual(
        refusal('invalid_scope'),
      );
    const { access_token: exchanged } = await exchange(partner, own, { resource: STOCK });
    expect(decodeJwt(exchanged)).toMatchObject({ aud: STOCK, scope: 'email', roles: [] });
    const without = await service({ firstParty: false, grants: ['client_credentials'] });
    await expect(exchange(without, own, { resource: STOCK })).rejects.toEqual(refusal('unauthorized_client'));
  });

  it('opens Latchkey’s own routes of the account with the scope account alone', async () => {
    const { accessToken: own } = (await as.server.api.register()).body;
    const orders = await service({ audiences: [as.origin] });
    const profileWith = async (scope: string) => {
      const { access_token: token } = await exchange(orders, own, { scope });
      return (await as.server.api.get('/api/profile', { token })).status;
    };
    expect([await profileWith('email'), await profileWith('account')]).toEqual([403, 200]);
  });

  it('is known to introspection, and revoked by its client without the session', async () => {
    const { access_token: token, userId } = await granted();
    const orders = await service();
    const { access_token: exchanged } = await exchange(orders, token, { resource: STOCK });
    expect(await oidc.tokenIntrospection(orders, exchanged)).toMatchObject({
      active: true,
      sub: userId,
      client_id: idOf(orders),
      aud: STOCK,
      act: { sub: idOf(orders) },
    });
    await oidc.tokenRevocation(orders, exchanged);
    expect((await oidc.tokenIntrospection(orders, exchanged)).active).toBe(false);
    expect((await oidc.tokenIntrospection(orders, token)).active).toBe(true);
  });

  it('of a client by itself stays no user’s', async () => {
    const caller = await as.client({ grants: ['client_credentials', 'authorization_code'] });
    const { access_token: token } = await oidc.clientCredentialsGrant(caller, { scope: 'account' });
    const orders = await service({ audiences: [as.origin] });
    const { access_token: exchanged } = await exchange(orders, token);
    expect(decodeJwt(exchanged)).toMatchObject({ sub: idOf(caller), act: { sub: idOf(orders) }, roles: [] });
    expect((await as.server.api.get('/api/profile', { token: exchanged })).body.code).toBe('USER_REQUIRED');
  });
});

describe('The exchange', () => {
  it('takes the client’s own token for the actor, and no other', async () => {
    const { access_token: token } = await granted();
    const [orders, other] = [await service(), await service()];
    const actor = async (config: oidc.Configuration) => ({
      actor_token: (await oidc.clientCredentialsGrant(config, {})).access_token,
      actor_token_type: ACCESS_TOKEN,
    });
    const { access_token: exchanged } = await exchange(orders, token, await actor(orders));
    expect(decodeJwt(exchanged)['act']).toEqual({ sub: idOf(orders), sid: expect.any(String) });
    for (const wrong of [
      await actor(other),
      { actor_token: token, actor_token_type: ACCESS_TOKEN },
      { actor_token: 'x', actor_token_type: ACCESS_TOKEN },
      { ...(await actor(orders)), actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
      { actor_token_type: ACCESS_TOKEN },
    ])
      await expect(exchange(orders, token, wrong)).rejects.toEqual(refusal('invalid_request'));
  });

  it('is for the client that the token says may act, and for no other', async () => {
    const [orders, other] = [await service(), await service()];
    const sub = idOf(orders);
    const token = await grantedTo({ sub });
    await expect(exchange(other, token)).rejects.toEqual(refusal('invalid_request'));
    const { access_token: exchanged } = await exchange(orders, token);
    expect(decodeJwt(exchanged)).toMatchObject({ act: { sub }, may_act: { sub } });
    await expect(exchange(other, exchanged)).rejects.toEqual(refusal('invalid_request'));
    expect(await exchange(orders, await grantedTo({ sub, iss: as.origin }))).toBeTruthy();
    for (const wrong of [
      { sub, iss: 'https://elsewhere.example.com' },
      { sub, email: 'a@example.com' },
    ])
      await expect(exchange(orders, await grantedTo(wrong))).rejects.toEqual(refusal('invalid_request'));
  });

  it('takes no token that is forged, of another kind, too old, or bound to a key', async () => {
    const {
      access_token: token,
      refresh_token: refresh = '',
      id_token: idToken = '',
      config,
    } = await granted();
    const orders = await service();
    const [head, body, signature = ''] = token.split('.');
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    for (const wrong of [`${head}.${body}.${flipped}`, refresh, idToken, 'x', `${head}.${body}.`])
      await expect(exchange(orders, wrong)).rejects.toEqual(refusal('invalid_request'));
    for (const wrong of [
      { subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    ])
      await expect(exchange(orders, token, wrong)).rejects.toEqual(refusal('invalid_request'));
    const keys = await oidc.randomDPoPKeyPair('ES256');
    const bound = await oidc.refreshTokenGrant(
      config,
      refresh,
      {},
      { DPoP: oidc.getDPoPHandle(config, keys) },
    );
    await expect(exchange(orders, bound.access_token)).rejects.toEqual(refusal('invalid_request'));
    as.server.clock.advance(1_000_000);
    await expect(exchange(orders, token)).rejects.toEqual(refusal('invalid_request'));
  });

  it('is for clients that may, and can show who they are', async () => {
    const { access_token: token } = await granted();
    await expect(exchange(await shop(), token)).rejects.toEqual(refusal('unauthorized_client'));
    await expect(service({ type: 'public', authMethod: 'none', grants: [EXCHANGE] })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const orders = await service();
    const form = { grant_type: EXCHANGE, client_id: idOf(orders), subject_token: token };
    const body = new URLSearchParams({ ...form, subject_token_type: ACCESS_TOKEN });
    const answer = await fetch(`${as.url}/oauth/token`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([401, refusal('invalid_client')]);
  });

  it('binds the token to a key that the client shows', async () => {
    const { access_token: token } = await granted();
    const orders = await service();
    const keys = await oidc.randomDPoPKeyPair('ES256');
    const parameters = { subject_token: token, subject_token_type: ACCESS_TOKEN };
    const bound = await oidc.genericGrantRequest(orders, EXCHANGE, parameters, {
      DPoP: oidc.getDPoPHandle(orders, keys),
    });
    expect(bound.token_type).toBe('dpop');
    expect(decodeJwt(bound.access_token)['cnf']).toEqual({ jkt: expect.any(String) });
  });

  it('is recorded', async () => {
    const { accessToken: own } = (await as.server.api.register()).body;
    const orders = await service();
    await exchange(orders, own);
    const { body } = await as.server.api.get('/api/profile/audit', { token: own });
    expect(JSON.stringify(body)).toContain('token.exchanged');
  });
});
