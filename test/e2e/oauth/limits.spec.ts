import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';

const LIMITS = {
  OAUTH_RATE_LIMIT: '20/1h',
  OAUTH_CLIENT_RATE_LIMIT: '4/1h',
  OAUTH_SECRET_RATE_LIMIT: '3/1h',
};
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Of a machine. */
const settings = (): Partial<NewClient> => ({
  firstParty: false,
  grants: ['client_credentials'],
  redirectUris: [],
  scopes: ['profile'],
});

let lastAddress = 0;
/** An address that no other test has. */
const someAddress = () => `198.51.100.${(lastAddress += 1)}`;

/** Of the token endpoint, to who asks from an address. */
async function ask(
  as: TestAuthorizationServer,
  from: string,
  { basic, form = {} }: { readonly basic?: string; readonly form?: Record<string, string> },
) {
  const answer = await fetch(`${as.url}/oauth/token`, {
    method: 'POST',
    headers: {
      'x-forwarded-for': from,
      ...(basic !== undefined && { authorization: `Basic ${btoa(basic)}` }),
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
  const { error } = (await answer.json()) as { error?: string };
  return { status: answer.status, error, retryAfter: Number(answer.headers.get('retry-after')) };
}

const LIMITED = { status: 429, error: 'temporarily_unavailable', retryAfter: expect.any(Number) };

describeOnEachStore('Client secrets guessed', (environment) => {
  let as: TestAuthorizationServer;
  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { ...environment(), ...LIMITS, TRUST_PROXY: '1' },
    });
  });
  afterAll(() => as.close());

  it('are refused after three, then with the right one, too, and the client goes on from elsewhere', async () => {
    const { client, secret } = await as.newClient(settings());
    const guesser = someAddress();
    for (let guess = 0; guess < 3; guess += 1) {
      const answer = await ask(as, guesser, { basic: `${client.id}:lk_cs_${guess}` });
      expect(answer).toMatchObject({ status: 401, error: 'invalid_client' });
    }
    expect(await ask(as, guesser, { basic: `${client.id}:lk_cs_wrong` })).toEqual(LIMITED);
    const right = await ask(as, guesser, { basic: `${client.id}:${secret}` });
    expect(right).toEqual(LIMITED);
    expect(right.retryAfter).toBeGreaterThan(3500);
    expect((await ask(as, someAddress(), { basic: `${client.id}:${secret}` })).status).toBe(200);
    const other = await as.newClient(settings());
    expect((await ask(as, guesser, { basic: `${other.client.id}:${other.secret}` })).status).toBe(200);
  });

  it('at once are no more looked at than one after the other, the right one among them counted', async () => {
    const { client, secret } = await as.newClient(settings());
    const guesser = someAddress();
    const guesses = Array.from({ length: 12 }, (_, index) => `lk_cs_${index}`);
    const wrong = guesses.map((guess) => ask(as, guesser, { basic: `${client.id}:${guess}` }));
    const right = ask(as, guesser, { basic: `${client.id}:${secret}` });
    const answers = await Promise.all([...wrong, right]);
    const looked = answers.filter(({ status }) => status !== 429);
    expect(looked.length).toBeLessThanOrEqual(3);
    expect(looked.length).toBeGreaterThan(0);
    expect(await ask(as, guesser, { basic: `${client.id}:${secret}` })).toEqual(LIMITED);
  });
});

describe('the authorization server', () => {
  let as: TestAuthorizationServer;
  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: { ...LIMITS, TRUST_PROXY: '1' } });
  });
  afterAll(() => as.close());

  it.each([
    ['GET', 'authorize'],
    ['POST', 'token'],
    ['POST', 'par'],
    ['POST', 'introspect'],
    ['POST', 'revoke'],
    ['GET', 'userinfo'],
    ['POST', 'device_authorization'],
  ])('answers an address no more than its quota: %s /oauth/%s', async (method, endpoint) => {
    const from = someAddress();
    const send = (address: string) =>
      fetch(`${as.url}/oauth/${endpoint}`, { method, headers: { 'x-forwarded-for': address } });
    for (let sent = 0; sent < 20; sent += 1) expect((await send(from)).status).toBeLessThan(429);
    const refused = await send(from);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('ratelimit-policy')).toBe(`"oauth-${endpoint}";q=20;w=3600`);
    expect(refused.headers.get('ratelimit')).toMatch(new RegExp(`^"oauth-${endpoint}";r=0;t=3[56]\\d\\d$`));
    expect(await refused.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.stringMatching(/^too many requests; try again in \d+ seconds$/),
    });
    // The library's router heeds no case.
    const headersOf = { 'x-forwarded-for': from };
    const shouted = `${as.url}/oauth/${endpoint.toUpperCase()}`;
    expect((await fetch(shouted, { method, headers: headersOf })).status).toBe(429);
    expect((await send(someAddress())).status).toBeLessThan(429);
    const elsewhere = endpoint === 'token' ? 'par' : 'token';
    const other = await fetch(`${as.url}/oauth/${elsewhere}`, { method: 'POST', headers: headersOf });
    expect(other.status).toBeLessThan(429);
  });

  it('answers a client no more than its quota, whatever addresses it has, and others cannot spend it', async () => {
    const { client, secret } = await as.newClient(settings());
    for (let stranger = 0; stranger < 6; stranger += 1)
      expect((await ask(as, someAddress(), { basic: `${client.id}:wrong` })).status).toBe(401);
    const basic = `${client.id}:${secret}`;
    for (let sent = 0; sent < 4; sent += 1)
      expect((await ask(as, someAddress(), { basic })).status).toBe(200);
    expect(await ask(as, someAddress(), { basic })).toEqual(LIMITED);
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' };
    expect(await ask(as, someAddress(), { basic, form })).toEqual({ ...LIMITED, error: 'slow_down' });
  });

  it('counts a client that signs what it is known by, once for each assertion', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] };
    const { client } = await as.newClient({ ...settings(), authMethod: 'private_key_jwt', jwks });
    const asked = async () => {
      const assertion = await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.id)
        .setSubject(client.id)
        .setAudience(as.origin)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const form = { client_assertion: assertion, client_assertion_type: ASSERTION };
      return ask(as, someAddress(), { form });
    };
    for (let sent = 0; sent < 4; sent += 1) expect((await asked()).status).toBe(200);
    expect(await asked()).toEqual(LIMITED);
  });
});
