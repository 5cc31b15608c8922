import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';
import { basicOf } from './token-endpoint.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

describeOnEachDatabase('The authorization server is strict:', (environment) => {
  let as: TestAuthorizationServer;
  let cookie: string;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: { ...environment(), OAUTH_REGISTRATION: 'on' } });
    ({ cookie } = await signInBrowser(as.url, as.origin));
  });

  afterAll(() => as.close());

  async function client(settings: Partial<NewClient> = {}) {
    const { client: made, secret } = await as.newClient(settings);
    return { id: made.id, secret, basic: basicOf(made.id, secret) };
  }

  async function post(endpoint: string, form: Record<string, string>, authorization?: string) {
    const answer = await fetch(`${as.url}/oauth/${endpoint}`, {
      method: 'POST',
      headers: { ...(authorization !== undefined && { authorization }) },
      body: new URLSearchParams(form),
    });
    const { error, scope, ...body } = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, error, scope, body };
  }

  const pushed = (id: string, parameters: Record<string, string> = {}) => ({
    client_id: id,
    response_type: 'code',
    redirect_uri: CALLBACK,
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    ...parameters,
  });

  async function authorize(parameters: Record<string, string | undefined>, method = 'GET') {
    const { id } = await client();
    const query = new URLSearchParams(pushed(id, { scope: 'openid', state: 'of-the-shop' }));
    for (const [name, value] of Object.entries(parameters))
      if (value === undefined) query.delete(name);
      else query.set(name, value);
    const answer = await fetch(`${as.url}/oauth/authorize${method === 'GET' ? `?${query.toString()}` : ''}`, {
      method,
      headers: { cookie },
      redirect: 'manual',
      ...(method === 'POST' && { body: query }),
    });
    const location = answer.headers.get('location');
    const back = location === null ? undefined : new URL(location, as.origin).searchParams;
    return { status: answer.status, back, text: await answer.text() };
  }

  describe('a client shows who it is in one way', () => {
    const ENDPOINTS = ['token', 'par', 'device_authorization', 'introspect', 'revoke'];

    it.each(ENDPOINTS)('at /oauth/%s, where a secret in the form stands beside another', async (endpoint) => {
      const { secret = '', basic } = await client({ grants: ['client_credentials'], redirectUris: [] });
      const form = { grant_type: 'client_credentials', token: 'x', client_secret: secret };
      const both = await post(endpoint, form, basic);
      expect([both.status, both.error]).toEqual([400, 'invalid_request']);
      expect((await post(endpoint, { ...form, client_secret: 'wrong' }, basic)).error).toBe(
        'invalid_request',
      );
    });

    it('which is the header, and not the form', async () => {
      const { id, secret = '' } = await client({ grants: ['client_credentials'], redirectUris: [] });
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
      expect(await post('token', form)).toMatchObject({ status: 401, error: 'invalid_client' });
      const open = await client({ type: 'public' });
      const ofPublic = { grant_type: 'refresh_token', refresh_token: 'x', client_id: open.id };
      expect((await post('token', { ...ofPublic, client_secret: 'x' })).error).toBe('invalid_client');
      // What is empty was not sent (RFC 6749 section 3.1).
      expect((await post('token', { ...ofPublic, client_secret: '' })).error).toBe('invalid_grant');
    });
  });

  describe('a client uses the grants that it has', () => {
    it.each([
      ['authorization_code', { code: 'x', redirect_uri: CALLBACK, code_verifier: 'x'.repeat(43) }],
      ['refresh_token', { refresh_token: 'x' }],
      [DEVICE, { device_code: 'x' }],
      [EXCHANGE, { subject_token: 'x' }],
    ])('and is told unauthorized_client for %s', async (grant_type, form) => {
      const { basic } = await client({ grants: ['client_credentials'], redirectUris: [] });
      expect(await post('token', { grant_type, ...form }, basic)).toMatchObject({
        status: 400,
        error: 'unauthorized_client',
      });
    });

    it('and is told so for its own tokens, for a device, and for a code', async () => {
      const [web, machine] = [
        await client(),
        await client({ grants: ['client_credentials'], redirectUris: [] }),
      ];
      const own = await post('token', { grant_type: 'client_credentials' }, web.basic);
      const device = await post('device_authorization', { scope: 'openid' }, web.basic);
      const code = await post('par', pushed(machine.id, { scope: 'openid' }), machine.basic);
      expect([own.error, device.error, code.error]).toEqual(Array(3).fill('unauthorized_client'));
    });

    it('and one that there is not stays unsupported', async () => {
      const { basic } = await client();
      for (const grant_type of ['password', 'implicit', 'x'])
        expect((await post('token', { grant_type }, basic)).error).toBe('unsupported_grant_type');
    });
  });

  describe('scopes', () => {
    it.each([undefined, '', 'of-no-one'])('%s are none for a person to allow', async (scope) => {
      const { id, basic } = await client({ grants: ['authorization_code', DEVICE] });
      const form: Record<string, string> = scope === undefined ? {} : { scope };
      for (const answer of [
        await post('device_authorization', form, basic),
        await post('par', pushed(id, form), basic),
      ])
        expect([answer.status, answer.error, answer.scope]).toEqual([400, 'invalid_scope', undefined]);
      for (const method of ['GET', 'POST']) {
        const { back } = await authorize({ scope }, method);
        expect([back?.get('error'), back?.get('state'), back?.has('scope')]).toEqual([
          'invalid_scope',
          'of-the-shop',
          false,
        ]);
      }
    });

    it.each([[[]], [['of-no-role']]])(
      'are none for a person to allow, of a client that may have none that a role gives: %j',
      async (scopes) => {
        const { id, basic } = await client({ grants: ['authorization_code', DEVICE], scopes });
        for (const scope of ['openid', 'of-no-role', 'openid of-no-role']) {
          const ofDevice = await post('device_authorization', { scope }, basic);
          const ofCode = await post('par', pushed(id, { scope }), basic);
          expect([scope, ofDevice.error, ofCode.error]).toEqual([scope, 'invalid_scope', 'invalid_scope']);
        }
      },
    );

    it('are left out where they are unknown, beside one that is known', async () => {
      const { basic } = await client({ grants: [DEVICE], redirectUris: [] });
      const answer = await post('device_authorization', { scope: 'openid of-no-one' }, basic);
      expect(answer.status).toBe(200);
    });

    it('are none in a client’s own token that asks for none, also by an empty one', async () => {
      const { basic } = await client({ grants: ['client_credentials'], redirectUris: [] });
      for (const form of [{}, { scope: '' }]) {
        const { status, scope } = await post('token', { grant_type: 'client_credentials', ...form }, basic);
        expect([status, scope]).toEqual([200, undefined]);
      }
    });

    it.each(['of-no-one', ' ', 'openid  email', 'openid '])(
      'that cannot be had are refused, and no empty one is named: %j',
      async (scope) => {
        const { basic } = await client({ grants: ['client_credentials'], redirectUris: [] });
        const answer = await post('token', { grant_type: 'client_credentials', scope }, basic);
        expect([answer.status, answer.error]).toEqual([400, 'invalid_scope']);
        expect(answer.scope).not.toBe('');
      },
    );

    it('beyond what was granted are refused without an empty name', async () => {
      const config = await as.client();
      const { location, checks } = await as.authorize(config, cookie, { scope: 'openid' });
      const tokens = await oidc.authorizationCodeGrant(config, location, checks);
      const more = oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope: 'openid account' });
      const error = (await more.catch((reason: unknown) => reason)) as { cause?: object; error?: string };
      expect(error.error).toBe('invalid_scope');
      expect(error.cause).not.toHaveProperty('scope');
    });
  });

  describe('parameters', () => {
    it('are bounded: state, which is not sent back then', async () => {
      for (const method of ['GET', 'POST']) {
        const refused = await authorize({ state: 's'.repeat(4_097) }, method);
        expect([refused.status, refused.back]).toEqual([400, undefined]);
        expect(JSON.parse(refused.text)).toEqual({
          error: 'invalid_request',
          error_description: 'state must have 4096 characters at most',
          iss: as.origin,
        });
        const { back } = await authorize({ state: 's'.repeat(4_096) }, method);
        expect([back?.has('code'), back?.get('state')?.length]).toEqual([true, 4_096]);
      }
    });

    it.each([
      ['nonce', 512],
      ['login_hint', 512],
      ['acr_values', 2_048],
      ['anything', 2_048],
    ])('are bounded: %s has %i characters, and the client is told', async (name, max) => {
      const { back } = await authorize({ [name]: 'n'.repeat(max + 1) });
      expect([back?.get('error'), back?.get('state'), back?.get('error_description')]).toEqual([
        'invalid_request',
        'of-the-shop',
        expect.stringContaining(`${name} must have ${max}`),
      ]);
      expect((await authorize({ [name]: 'n'.repeat(max) })).back?.has('code')).toBe(true);
    });

    it.each(['token', 'par', 'device_authorization', 'introspect', 'revoke'])(
      'are bounded at /oauth/%s, too',
      async (endpoint) => {
        const { basic } = await client({ grants: ['client_credentials', DEVICE], redirectUris: [] });
        const form = { grant_type: 'client_credentials', token: 'x', scope: 'openid' };
        const answer = await post(endpoint, { ...form, code: 'x'.repeat(2_049) }, basic);
        expect([answer.status, answer.error]).toEqual([400, 'invalid_request']);
      },
    );
  });

  it('no page reads what /oauth/register answers, which takes an administrator’s token', async () => {
    const origin = 'https://shop.example.com';
    for (const [method, status] of [
      ['OPTIONS', 404],
      ['POST', 401],
    ] as const) {
      const answer = await fetch(`${as.url}/oauth/register`, {
        method,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.status).toBe(status);
    }
  });
});
