import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, decodeJwt, exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { DpopKey, type Proof } from '../../support/dpop-key.js';
import { describeOnTwoInstances, type Instances } from './on-two-instances.js';
import { signInBrowser } from './signed-in-browser.js';
import { basicOf, TokenEndpoint } from './token-endpoint.js';

const SETTINGS = { APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA', REFRESH_RATE_LIMIT: '100000/1m' };
const PUBLIC = { type: 'public', firstParty: true } as const;

describeOnTwoInstances('DPoP', SETTINGS, bindsTokens);

function bindsTokens(start: () => Promise<Instances>): void {
  let as: Instances;
  let key: DpopKey;
  let other: DpopKey;
  let nonce: string | undefined;

  beforeAll(async () => {
    as = await start();
    [key, other] = await Promise.all([DpopKey.create(), DpopKey.create('EdDSA')]);
    const client = await as.here.newClient({ ...PUBLIC });
    const form = { grant_type: 'refresh_token', client_id: client.client.id, refresh_token: 'none' };
    ({ nonce } = await new TokenEndpoint(as.here.url).ask(form, await proof({ nonce: undefined })));
  });

  afterAll(() => as.stop());

  const htu = () => `${as.here.origin}/oauth/token`;
  const proof = (said: Proof = {}, of = key) => of.proof({ htu: htu(), nonce, ...said });

  async function service(settings = {}) {
    const grants = ['client_credentials'] as const;
    const { client, secret } = await as.here.newClient({ grants, redirectUris: [], ...settings });
    const authorization = basicOf(client.id, secret);
    return {
      here: new TokenEndpoint(as.here.url, authorization),
      there: new TokenEndpoint(as.there.url, authorization),
      form: { grant_type: 'client_credentials' },
    };
  }

  /** A code of a public client, and what exchanges it. */
  async function code(settings = {}, parameters: Record<string, string> = {}) {
    const [config, { cookie }] = await Promise.all([
      as.here.client({ ...PUBLIC, ...settings }),
      signInBrowser(as.here.url, as.here.origin),
    ]);
    const asked = { scope: 'openid offline_access', ...parameters };
    const { location, checks } = await as.here.authorize(config, cookie, asked);
    const form = {
      grant_type: 'authorization_code',
      client_id: config.clientMetadata().client_id,
      redirect_uri: `${location.origin}${location.pathname}`,
      code: location.searchParams.get('code') ?? '',
      code_verifier: String(checks.pkceCodeVerifier),
    };
    const refresh = (token: unknown) => ({
      grant_type: 'refresh_token',
      client_id: form.client_id,
      refresh_token: String(token),
    });
    return { form, refresh, here: new TokenEndpoint(as.here.url), there: new TokenEndpoint(as.there.url) };
  }

  it('binds the tokens of openid-client to its key: code, userinfo, refresh', async () => {
    const [config, { cookie, userId }] = await Promise.all([
      as.here.client({ ...PUBLIC, dpopBound: true }),
      signInBrowser(as.here.url, as.here.origin),
    ]);
    const pair = await oidc.randomDPoPKeyPair();
    const DPoP = oidc.getDPoPHandle(config, pair);
    const jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
    const { location, checks } = await as.here.authorize(config, cookie, { dpop_jkt: jkt });
    const tokens = await oidc.authorizationCodeGrant(config, location, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: userId, cnf: { jkt } });
    expect(await oidc.fetchUserInfo(config, tokens.access_token, userId, { DPoP })).toMatchObject({
      sub: userId,
    });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, userId)).rejects.toMatchObject({
      cause: [expect.objectContaining({ scheme: 'dpop' })],
    });
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(next.token_type).toBe('dpop');
    expect(decodeJwt(next.access_token)['cnf']).toEqual({ jkt });
  });

  it('tells the server’s metadata which algorithms there are, none of a shared secret', async () => {
    const answer = await fetch(`${as.here.url}/.well-known/oauth-authorization-server`);

    expect(await answer.json()).toMatchObject({
      dpop_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'],
    });
  });

  it('needs a nonce of the server’s, which holds on each instance', async () => {
    const { here, there, form } = await service();
    for (const wrong of [undefined, 'made-up'])
      expect(await here.ask(form, await proof({ nonce: wrong }))).toEqual({
        status: 400,
        body: expect.objectContaining({ error: 'use_dpop_nonce' }),
        nonce: expect.any(String),
      });
    expect((await there.ask(form, await proof())).body).toMatchObject({ token_type: 'DPoP' });
  });

  it.each(['ES256', 'RS256', 'PS256', 'Ed25519'])('takes proofs of %s', async (alg) => {
    const { here, form } = await service();
    const of = await DpopKey.create(alg);
    const { body } = await here.ask(form, await proof({}, of));

    expect(decodeJwt(String(body['access_token']))['cnf']).toEqual({ jkt: of.jkt });
  });

  it('refuses a proof that was used, on each instance, and of several at once all but one', async () => {
    const { here, there, form } = await service();
    const used = await proof();
    expect((await here.ask(form, used)).status).toBe(200);
    for (const instance of [here, there])
      expect((await instance.ask(form, used)).body).toMatchObject({ error: 'invalid_grant' });
    const raced = await proof();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? here : there).ask(form, raced)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each<[string, Proof | (() => Proof)]>([
    ['another method', { htm: 'GET' }],
    ['another address', { htu: 'http://127.0.0.1:1/oauth/token' }],
    ['no address', { claims: { htu: undefined } }],
    ['no time', { claims: { iat: undefined } }],
    ['no identifier', { claims: { jti: undefined } }],
    ['another type', { header: { typ: 'JWT' } }],
    ['no key', () => ({ header: { jwk: undefined } as Proof['header'] & object })],
    ['the key of another', () => ({ header: { jwk: other.jwk } })],
  ])('refuses a proof with %s', async (_, said) => {
    const { here, form } = await service();
    const wrong = await proof(typeof said === 'function' ? said() : said);

    expect(await here.ask(form, wrong)).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    });
  });

  it('is asked of a client for which it is set, at each grant; the code is good after that', async () => {
    const { here, form } = await service({ dpopBound: true });
    expect((await here.ask(form)).body).toMatchObject({ error: 'invalid_grant' });
    const asked = await code({ dpopBound: true });
    expect((await asked.here.ask(asked.form)).body).toMatchObject({ error: 'invalid_grant' });
    const { body } = await asked.here.ask(asked.form, await proof());
    expect(body).toMatchObject({ token_type: 'DPoP' });
    const refused = await asked.here.ask(asked.refresh(body['refresh_token']));
    expect(refused.body).toMatchObject({ error: 'invalid_grant' });
  });

  it('gives a code that was asked for with dpop_jkt to that key alone', async () => {
    for (const presented of [undefined, other]) {
      const { here, form } = await code({}, { dpop_jkt: key.jkt });
      const { body } = await here.ask(form, presented && (await proof({}, presented)));
      expect(body).toMatchObject({ error: 'invalid_grant' });
    }
    const { here, form } = await code({}, { dpop_jkt: key.jkt });
    expect((await here.ask(form, await proof())).body).toMatchObject({ token_type: 'DPoP' });
  });

  it('binds a public client’s refresh token: another key, or none, rotates and ends nothing', async () => {
    const { here, there, form, refresh } = await code();
    const first = await here.ask(form, await proof());
    const token = first.body['refresh_token'];
    for (const presented of [await proof({}, other), undefined])
      expect((await there.ask(refresh(token), presented)).body).toMatchObject({ error: 'invalid_grant' });
    const second = await there.ask(refresh(token), await proof());
    expect(second.body).toMatchObject({ token_type: 'DPoP', refresh_token: expect.any(String) });
    // Of the token that was just replaced, neither its grace nor its reuse are another's.
    expect((await here.ask(refresh(token), await proof({}, other))).status).toBe(400);
    const third = await here.ask(refresh(second.body['refresh_token']), await proof());
    expect((await there.ask(refresh(token), await proof({}, other))).status).toBe(400);
    expect(third.status).toBe(200);
    expect((await here.ask(refresh(third.body['refresh_token']), await proof())).status).toBe(200);
  });

  it('leaves a confidential client’s refresh token to it, whatever key it shows', async () => {
    const { client, secret } = await as.here.newClient({ dpopBound: true });
    const endpoint = new TokenEndpoint(as.here.url, basicOf(client.id, secret));
    const config = await oidc.discovery(new URL(as.here.origin), client.id, secret, undefined, {
      // oxlint-disable-next-line typescript/no-deprecated -- on loopback
      execute: [oidc.allowInsecureRequests],
    });
    const { cookie } = await signInBrowser(as.here.url, as.here.origin);
    const { location, checks } = await as.here.authorize(config, cookie);
    const exchanged = {
      grant_type: 'authorization_code',
      redirect_uri: `${location.origin}${location.pathname}`,
      code: location.searchParams.get('code') ?? '',
      code_verifier: String(checks.pkceCodeVerifier),
    };
    const { body } = await endpoint.ask(exchanged, await proof());
    const form = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    const next = await endpoint.ask(form, await proof({}, other));
    expect(decodeJwt(String(next.body['access_token']))['cnf']).toEqual({ jkt: other.jkt });
  });

  it('is told by introspection', async () => {
    const { client, secret } = await as.here.newClient({ grants: ['client_credentials'], redirectUris: [] });
    const authorization = basicOf(client.id, secret);
    const form = { grant_type: 'client_credentials' };
    const { body } = await new TokenEndpoint(as.here.url, authorization).ask(form, await proof());
    const answer = await fetch(`${as.there.url}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ token: String(body['access_token']) }),
    });

    expect(await answer.json()).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.jkt } });
  });
}
