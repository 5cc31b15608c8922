import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWTPayload,
  SignJWT,
} from 'jose';
import * as oidc from 'openid-client';
import { DpopKey, type Proof } from '../../../support/dpop-key.js';
import { setClockForward } from '../attacks/time-of-day.js';
import { CALLBACK, TestAuthorizationServer } from '../authorization-server.js';
import { signInBrowser, type SignedInBrowser } from '../signed-in-browser.js';
import { TokenEndpoint } from '../token-endpoint.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

let as: TestAuthorizationServer;
let client: FapiClient;
let other: FapiClient;
let ada: SignedInBrowser;
let key: DpopKey;
let otherKey: DpopKey;
let nonce: string | undefined;

const now = () => Math.floor(Date.now() / 1000);

/** A client as the profile has it: it signs what it is known by, pushes its requests, and its tokens are bound to a key. */
class FapiClient {
  private constructor(
    readonly id: string,
    private readonly privateKey: CryptoKey,
  ) {}

  static async create(): Promise<FapiClient> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] };
    const { client: made } = await as.newClient({
      authMethod: 'private_key_jwt',
      requirePar: true,
      dpopBound: true,
      jwks,
    });
    return new FapiClient(made.id, privateKey);
  }

  async assertion(changes: JWTPayload | Record<string, undefined> = {}): Promise<Record<string, string>> {
    const claims = {
      iss: this.id,
      sub: this.id,
      aud: as.origin,
      iat: now(),
      exp: now() + 60,
      jti: randomUUID(),
    };
    const signed = new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', kid: 'one' });
    return {
      client_id: this.id,
      client_assertion_type: TYPE,
      client_assertion: await signed.sign(this.privateKey),
    };
  }

  /** Pushes a request. @param form in place of what is sent else; undefined leaves out */
  async push(
    form: Readonly<Record<string, string | undefined>> = {},
    { proof, assertion }: { proof?: string; assertion?: Record<string, string> } = {},
  ): Promise<Answer & { readonly verifier: string; readonly uri: string }> {
    const verifier = oidc.randomPKCECodeVerifier();
    const body = new URLSearchParams(assertion ?? (await this.assertion()));
    const request = {
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid account',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'a state',
      nonce: 'a nonce',
      ...form,
    };
    for (const [name, value] of Object.entries(request)) if (value !== undefined) body.set(name, value);
    const headers = proof === undefined ? {} : { dpop: proof };
    const answer = await fetch(`${as.url}/oauth/par`, { method: 'POST', body, headers });
    const told = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, body: told, verifier, uri: String(told['request_uri']) };
  }

  /** Opens a pushed request in the browser of who is signed in. */
  async open(uri: string, more: Record<string, string> = {}): Promise<URLSearchParams> {
    const query = new URLSearchParams({ client_id: this.id, request_uri: uri, ...more });
    const answer = await fetch(`${as.url}/oauth/authorize?${query.toString()}`, {
      headers: { cookie: ada.cookie },
      redirect: 'manual',
    });
    const text = await answer.text();
    const location = answer.headers.get('location');
    return location === null
      ? new URLSearchParams(JSON.parse(text) as Record<string, string>)
      : new URL(location).searchParams;
  }

  /** A code, and the form that exchanges it but for what shows who the client is. */
  async code(...parameters: Parameters<FapiClient['push']>): Promise<Record<string, string>> {
    const { uri, verifier } = await this.push(...parameters);
    const code = (await this.open(uri)).get('code') ?? '';
    return { grant_type: 'authorization_code', redirect_uri: CALLBACK, code, code_verifier: verifier };
  }

  /** Asks for tokens. */
  async ask(
    form: Record<string, string>,
    proof?: string,
    assertion?: Record<string, string>,
  ): Promise<Answer> {
    const shown = assertion ?? (await this.assertion());
    return new TokenEndpoint(as.url).ask({ ...shown, ...form }, proof);
  }
}

const proof = (said: Proof = {}, of = key) => of.proof({ htu: `${as.origin}/oauth/token`, nonce, ...said });

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { OAUTH_RATE_LIMIT: '100000/1m' } });
  [client, other, ada, key, otherKey] = await Promise.all([
    FapiClient.create(),
    FapiClient.create(),
    signInBrowser(as.url, as.origin),
    DpopKey.create(),
    DpopKey.create(),
  ]);
  const form = { grant_type: 'refresh_token', refresh_token: 'none', ...(await client.assertion()) };
  ({ nonce } = await new TokenEndpoint(as.url).ask(form, await proof({ nonce: undefined })));
});

afterAll(() => as.close());

afterEach(() => {
  jest.restoreAllMocks();
});

const REFUSED = { status: 400, body: { error: 'invalid_grant' } };
const UNKNOWN = { status: 401, body: { error: 'invalid_client' } };

describe('A client of the FAPI 2.0 Security Profile', () => {
  it('gets tokens bound to its key by a pushed request, uses them, and refreshes', async () => {
    const form = await client.code();
    const { status, body } = await client.ask(form, await proof());
    expect([status, body]).toEqual([200, expect.objectContaining({ token_type: 'DPoP' })]);
    const token = String(body['access_token']);
    const profile = async (scheme: string) => {
      const shown = await key.proof({ htm: 'GET', htu: `${as.origin}/api/profile`, token });
      const headers = { authorization: `${scheme} ${token}`, dpop: shown };
      return (await fetch(`${as.url}/api/profile`, { headers })).status;
    };
    expect([await profile('DPoP'), await profile('dpop'), await profile('Bearer')]).toEqual([200, 200, 401]);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    expect((await client.ask(refresh)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await client.ask(refresh, await proof(), { client_id: client.id })).status).toBe(401);
    expect((await other.ask(refresh, await proof())).body).toMatchObject({ error: 'invalid_grant' });
    expect((await client.ask(refresh, await proof())).body).toMatchObject({ token_type: 'DPoP' });
  });

  it('needs no more than client_id and request_uri at the authorization endpoint, and what is there beside them is ignored', async () => {
    const { uri } = await client.push();
    const beside = {
      state: 'another',
      nonce: 'another',
      redirect_uri: 'https://evil.example/',
      scope: 'openid',
    };
    expect((await client.open(uri, beside)).get('state')).toBe('a state');
    const { uri: without } = await client.push({ state: undefined });
    expect((await client.open(without, { state: 'outside' })).get('state')).toBeNull();
  });

  it('may open a pushed request again that was not answered yet', async () => {
    const { uri } = await client.push();
    const query = new URLSearchParams({ client_id: client.id, request_uri: uri });
    const first = await fetch(`${as.url}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
    expect(first.headers.get('location')).toContain('/account/authorize/');
    expect((await client.open(uri)).get('code')).toBeTruthy();
  });
});

describe('A pushed request', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['with an address that is not the client’s', { redirect_uri: 'https://evil.example/' }],
    ['for an ID token beside the code', { response_type: 'code id_token' }],
    ['for a token', { response_type: 'token' }],
    ['that names another one', { request_uri: 'urn:ietf:params:oauth:request_uri:random' }],
    ['that names an object elsewhere', { request_uri: 'https://shop.example.com/request' }],
  ])('is refused %s', async (_how, form) => {
    const { status, body } = await client.push(form);
    expect([status, body['error']]).toEqual([
      400,
      expect.stringMatching(/^(invalid_request|unsupported_response_type|request_uri_not_supported)$/),
    ]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('is taken by POST alone: %s', async (method) => {
    expect((await fetch(`${as.url}/oauth/par`, { method })).status).toBeGreaterThanOrEqual(400);
  });

  it('is of no use to another client, a second time, or when it has expired', async () => {
    const { uri } = await client.push();
    const stolen = await other.open(uri);
    expect([stolen.get('error') === null, stolen.get('code')]).toEqual([false, null]);
    expect((await client.open(uri)).get('code')).toBeTruthy();
    expect((await client.open(uri)).get('error')).toBe('invalid_request_uri');
    const { uri: late } = await client.push();
    setClockForward(61);
    expect((await client.open(late)).get('error')).toBe('invalid_request_uri');
  });

  it('is the only way', async () => {
    const asked = new URLSearchParams({
      client_id: client.id,
      redirect_uri: CALLBACK,
      response_type: 'code',
    });
    const answer = await fetch(`${as.url}/oauth/authorize?${asked.toString()}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });
});

describe('An assertion of a client', () => {
  it.each<[string, () => JWTPayload | Record<string, undefined>]>([
    ['expired five minutes ago', () => ({ iat: now() - 600, exp: now() - 300 })],
    ['for another server', () => ({ aud: 'https://other.example.com' })],
    ['for a list with this server', () => ({ aud: [as.origin, 'https://other.example.com'] })],
    ['for a list of this server', () => ({ aud: [as.origin] })],
    ['for the token endpoint', () => ({ aud: `${as.origin}/oauth/token` })],
    ['for the endpoint of pushed requests', () => ({ aud: `${as.origin}/oauth/par` })],
    ['without a subject', () => ({ sub: undefined })],
    ['good only in two minutes', () => ({ iat: now() + 120, nbf: now() + 120, exp: now() + 180 })],
  ])('is refused for pushed requests and tokens: %s', async (_which, changes) => {
    expect(await client.push({}, { assertion: await client.assertion(changes()) })).toMatchObject(UNKNOWN);
    const form = await client.code();
    const refused = await client.ask(form, await proof(), await client.assertion(changes()));
    expect(refused).toMatchObject(UNKNOWN);
  });

  it.each(['PS256', 'RS256'])(
    'is refused where it is signed with another algorithm than its key is for',
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      const both = await importPKCS8(await exportPKCS8(privateKey), alg === 'PS256' ? 'RS256' : 'PS256');
      const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg, kid: 'one' }] };
      const { client: made } = await as.newClient({ authMethod: 'private_key_jwt', jwks });
      const asked = async (signedWith: string, by: CryptoKey) => {
        const claims = { iss: made.id, sub: made.id, aud: as.origin, jti: randomUUID() };
        const assertion = new SignJWT({ ...claims, iat: now(), exp: now() + 60 });
        const form = {
          client_id: made.id,
          client_assertion_type: TYPE,
          client_assertion: await assertion.setProtectedHeader({ alg: signedWith }).sign(by),
        };
        return new TokenEndpoint(as.url).ask({ ...form, grant_type: 'refresh_token', refresh_token: 'x' });
      };
      expect(await asked(alg === 'PS256' ? 'RS256' : 'PS256', both)).toMatchObject(UNKNOWN);
      expect(await asked(alg, privateKey)).toMatchObject(REFUSED);
    },
  );

  it('is taken where it is good in 8 seconds, since clocks differ', async () => {
    const assertion = await client.assertion({ nbf: now() + 8, iat: now() + 8 });
    expect((await client.push({}, { assertion })).status).toBe(201);
  });

  it('is needed for tokens, and is that of the client whose the code is', async () => {
    const form = await client.code();
    expect(await client.ask(form, await proof(), { client_id: client.id })).toMatchObject(UNKNOWN);
    const mixed = { ...(await client.assertion()), client_id: other.id };
    expect((await client.ask(form, await proof(), mixed)).status).toBeGreaterThanOrEqual(400);
    expect(await other.ask(form, await proof())).toMatchObject(REFUSED);
  });
});

describe('A code', () => {
  it('is of no use without its verifier, with another, a second later again, or after a minute', async () => {
    const form = await client.code();
    const { code_verifier: _verifier, ...without } = form;
    expect((await client.ask(without, await proof())).body).toMatchObject({ error: 'invalid_grant' });
    const wrong = { ...form, code_verifier: 'x'.repeat(43) };
    expect(await client.ask(wrong, await proof())).toMatchObject(REFUSED);
    expect((await client.ask(form, await proof())).status).toBe(200);
    setClockForward(1);
    expect(await client.ask(form, await proof())).toMatchObject(REFUSED);
    jest.restoreAllMocks();
    const late = await client.code();
    setClockForward(61);
    expect((await client.ask(late, await proof())).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is of no use without a proof of a key', async () => {
    expect(await client.ask(await client.code())).toMatchObject(REFUSED);
  });

  it('is for the key of the proof, or of dpop_jkt, that its request was pushed with', async () => {
    const byProof = async () =>
      client.code({}, { proof: await key.proof({ htu: `${as.origin}/oauth/par`, nonce }) });
    const byName = () => client.code({ dpop_jkt: key.jkt });
    for (const code of [byProof, byName]) {
      expect(await client.ask(await code(), await proof({}, otherKey))).toMatchObject(REFUSED);
      expect((await client.ask(await code(), await proof())).body).toMatchObject({ token_type: 'DPoP' });
    }
  });

  it('is not given for a request whose dpop_jkt is another key than its proof’s', async () => {
    const shown = await key.proof({ htu: `${as.origin}/oauth/par`, nonce });
    const { status, body } = await client.push({ dpop_jkt: otherKey.jkt }, { proof: shown });
    expect([status, body['error']]).toEqual([400, expect.stringMatching(/^invalid_(request|dpop_proof)$/)]);
  });
});

describe('A proof', () => {
  it.each<[string, () => Proof]>([
    ['made 10 seconds ago', () => ({ claims: { iat: now() - 10 } })],
    ['made in 10 seconds, as its clock says', () => ({ claims: { iat: now() + 10 } })],
    ['with nbf and exp', () => ({ claims: { nbf: now() - 5, exp: now() + 60 } })],
  ])('is taken for tokens: %s', async (_which, said) => {
    expect((await client.ask(await client.code(), await proof(said()))).body).toMatchObject({
      token_type: 'DPoP',
    });
  });

  it.each<[string, (token: string) => Proof & { readonly of?: DpopKey }]>([
    ['of another method', () => ({ htm: 'POST' })],
    ['of another address', () => ({ htu: `${as.origin}/api/auth/sessions` })],
    ['of another token', () => ({ token: 'another' })],
    ['of no token', () => ({ claims: { ath: undefined } })],
    ['made an hour ago', () => ({ claims: { iat: now() - 3600 } })],
    ['of another type', () => ({ header: { typ: 'JWT' } })],
    ['of another key', () => ({ of: otherKey })],
  ])('opens no route of the server: %s', async (_which, said) => {
    const { body } = await client.ask(await client.code(), await proof());
    const token = String(body['access_token']);
    const { of = key, ...wrong } = said(token);
    const send = async (shown: string) => {
      const headers = { authorization: `DPoP ${token}`, dpop: shown };
      return (await fetch(`${as.url}/api/profile`, { headers })).status;
    };
    const right = { htm: 'GET', htu: `${as.origin}/api/profile`, token };
    expect(await send(await of.proof({ ...right, ...wrong }))).toBe(401);
    expect(await send(await key.proof(right))).toBe(200);
  });
});

describe('The metadata', () => {
  it('tell of all that the profile needs', async () => {
    const answer = await fetch(`${as.url}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      issuer: as.origin,
      pushed_authorization_request_endpoint: `${as.origin}/oauth/par`,
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256']),
      id_token_signing_alg_values_supported: expect.not.arrayContaining(['none']),
      grant_types_supported: expect.not.arrayContaining(['implicit', 'password']),
    });
  });
});
