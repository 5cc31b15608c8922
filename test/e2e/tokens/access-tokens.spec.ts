import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JWK,
  jwtVerify,
} from 'jose';
import { SigningKeyRotation } from '../../../src/tokens/keys/signing-key-rotation.js';
import type { SignedIn, TokenPair } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TestEnvironment } from '../../support/test-config.js';
import { expectProblem } from '../support/problems.js';
import { readAnew } from '../../support/read-anew.js';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'https://api.example.com';
/** Of the default rotation. */
const PUBLICATION_LEAD = 600_000;
const SECRET = randomBytes(48).toString('base64');
/** Of random bits (version 4), or with an era in the first of them (version 8, RFC 9562). */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** One database for all servers here, which follow one another: making one takes longer than opening it. */
const directory = temporaryDirectory();
const start = (environment: TestEnvironment = {}) =>
  startTestApp({
    dataDir: directory.path,
    environment: { PUBLIC_URL: ISSUER, APP_SECRET: SECRET, ...environment },
  });

afterAll(() => {
  directory.remove();
});

const keySetOf = async (server: TestApp) => {
  const answer = await server.api.get<{ keys: JWK[] }>('/.well-known/jwks.json');
  expect(answer.status).toBe(200);
  return answer.body.keys;
};

describe.each([
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['RS256', { kty: 'RSA', e: 'AQAB' }],
  ['PS256', { kty: 'RSA', e: 'AQAB' }],
])('an access token signed with %s', (alg, keyMembers) => {
  let server: TestApp;
  let signedIn: SignedIn;

  beforeAll(async () => {
    // A new database: in one that has keys, a key of another algorithm is published before it signs.
    const environment = { PUBLIC_URL: ISSUER, SIGNING_ALG: alg, AUDIENCE };
    server = await startTestApp({ environment });
    signedIn = (await server.api.register()).body;
  });

  afterAll(async () => {
    await server.close();
  });

  it('is verified by an independent library with the published keys', async () => {
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(signedIn.accessToken, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      algorithms: [alg],
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id', 'roles', 'scope'],
    });
    expect(payload.sub).toBe(signedIn.user.id);
  });

  it('names algorithm, type and key in its header, and nothing else', async () => {
    const key = (await keySetOf(server)).find((published) => published.alg === alg);
    expect(decodeProtectedHeader(signedIn.accessToken)).toEqual({ alg, typ: 'at+jwt', kid: key?.kid });
  });

  it("has the contract's claims, and no other", () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = decodeJwt(signedIn.accessToken);
    expect(claims).toEqual({
      iss: ISSUER,
      sub: signedIn.user.id,
      aud: AUDIENCE,
      exp: Number(claims.iat) + 900,
      nbf: claims.iat,
      iat: expect.any(Number),
      jti: expect.stringMatching(UUID),
      sid: expect.stringMatching(UUID),
      client_id: 'latchkey',
      roles: ['user'],
      scope: 'profile:read profile:write',
    });
    expect(Math.abs(now - Number(claims.iat))).toBeLessThan(600);
    expect(claims.jti).not.toBe(claims['sid']);
  });

  it('is accepted by the server itself', async () => {
    expect((await server.api.profile(signedIn.accessToken)).status).toBe(200);
  });

  it('has a public key in the key set, for signatures of this algorithm, named by its thumbprint', async () => {
    const { kid } = decodeProtectedHeader(signedIn.accessToken);
    const keys = (await keySetOf(server)).filter((published) => published.kid === kid);
    expect(keys).toHaveLength(1);
    const [key = {}] = keys;
    expect(key).toMatchObject({ ...keyMembers, alg, use: 'sig', kid: await calculateJwkThumbprint(key) });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(member);
    if (key.kty === 'RSA') expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(3072 / 8);
  });
});

describe('an access token signed with HS256', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await start({ SIGNING_ALG: 'HS256', JWT_SECRET: SECRET });
  });

  afterAll(async () => {
    await server.close();
  });

  it('is verified with the secret, and the key set is empty', async () => {
    const { accessToken } = (await server.api.register()).body;
    const { protectedHeader } = await jwtVerify(accessToken, Buffer.from(SECRET), {
      typ: 'at+jwt',
      algorithms: ['HS256'],
    });
    expect(protectedHeader).toEqual({
      alg: 'HS256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(await keySetOf(server)).toEqual([]);
    const { body } = await server.api.get<object>('/.well-known/oauth-authorization-server');
    expect(body).toEqual({ issuer: ISSUER, response_types_supported: [], grant_types_supported: [] });
    expect((await server.api.profile(accessToken)).status).toBe(200);
  });
});

describe('the key set', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(async () => {
    await server.close();
  });

  it('may be stored by caches, and tokens may not', async () => {
    const jwks = await server.api.get('/.well-known/jwks.json');
    // Half of what a key is published ahead.
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300');
    const { email } = (await server.api.register()).body.user;
    const login = await server.api.login(email);
    for (const answer of [login, await server.api.refresh(login.body.refreshToken)]) {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    }
  });

  it('is not sent again to a client that has it, until it changes', async () => {
    const url = `${server.url}/.well-known/jwks.json`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const known of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
      const answer = await fetch(url, { headers: { 'if-none-match': known } });
      expect([answer.status, await answer.text()]).toEqual([304, '']);
      expect(answer.headers.get('etag')).toBe(etag);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    }
    expect((await fetch(url, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);

    await server.app.get(SigningKeyRotation).rotate();
    const changed = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
  });

  it('loses a revoked key at once, as do its tokens, and another key signs', async () => {
    const { api, app } = server;
    const { accessToken, user } = (await api.register()).body;
    const { kid = '' } = decodeProtectedHeader(accessToken);
    expect((await api.profile(accessToken)).status).toBe(200);
    await app.get(SigningKeyRotation).revoke(kid);

    expectProblem(await api.profile(accessToken), 401, 'TOKEN_INVALID');
    expect((await keySetOf(server)).map((key) => key.kid)).not.toContain(kid);
    const fresh = (await api.login(user.email)).body.accessToken;
    expect((await api.profile(fresh)).status).toBe(200);
  });

  it('is named by the server metadata, which names nothing that does not exist', async () => {
    const answer = await server.api.get('/.well-known/oauth-authorization-server');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      response_types_supported: ['code'],
    });
    const addresses = Object.entries(answer.body).filter(([name]) => name.endsWith('_endpoint'));
    expect(addresses.length).toBeGreaterThan(4);
    for (const [, address] of addresses) {
      const ask = (method: string) =>
        fetch(server.url + new URL(String(address)).pathname, { method, redirect: 'manual' });
      const answers = [await ask('GET'), await ask('POST')];
      expect(answers.some(({ status }) => status !== 404)).toBe(true);
    }
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    const etag = answer.headers.get('etag') ?? '';
    const url = `${server.url}/.well-known/oauth-authorization-server`;
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('is no secret, and asks for no token', async () => {
    const answer = await server.api.get('/.well-known/jwks.json', { headers: { authorization: 'Bearer x' } });
    expect(answer.status).toBe(200);
  });
});

describe('time', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await start({
      ACCESS_TOKEN_TTL: '15m',
      REFRESH_TOKEN_TTL: '1h',
      REFRESH_GRACE: '10m',
      SESSION_MAX_AGE: '2h',
    });
  });

  afterAll(async () => {
    await server.close();
  });

  const minutes = (count: number) => server.clock.advance(count * 60_000);

  it('ends an access token at its exp, and never later', async () => {
    const { api, clock } = server;
    const { accessToken, expiresIn } = (await api.register()).body;
    expect(expiresIn).toBe(900);
    const end = Number(decodeJwt(accessToken).exp) * 1000;
    clock.advance(end - 60_000 - clock.now());
    expect((await api.profile(accessToken)).status).toBe(200);
    clock.advance(end - clock.now());
    expectProblem(await api.profile(accessToken), 401, 'TOKEN_EXPIRED');
    // Not for good, as a revocation is.
    minutes(-1);
    expect((await api.profile(accessToken)).status).toBe(200);
  });

  it('does not let a token begin before its time', async () => {
    const { accessToken } = (await server.api.register()).body;
    minutes(-1);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_INVALID');
    minutes(1);
    expect((await server.api.profile(accessToken)).status).toBe(200);
  });

  it('ends a refresh token that is not used, and each use gives it more time', async () => {
    const first = (await server.api.register()).body;
    minutes(50);
    const second = (await server.api.refresh(first.refreshToken)).body;
    minutes(50);
    expect((await server.api.refresh(second.refreshToken)).status).toBe(200);

    const unused = (await server.api.register()).body;
    minutes(60);
    expectProblem(await server.api.refresh(unused.refreshToken), 401, 'REFRESH_TOKEN_EXPIRED');
  });

  it('ends a session however much it is used, and an access token with it', async () => {
    let tokens = (await server.api.register()).body as TokenPair;
    expect(tokens.expiresIn).toBe(900);
    for (const step of [55, 55]) {
      minutes(step);
      tokens = (await server.api.refresh(tokens.refreshToken)).body;
    }
    expect(tokens.expiresIn).toBeLessThanOrEqual(600);
    expect(tokens.expiresIn).toBeGreaterThan(0);
    expect((await server.api.profile(tokens.accessToken)).status).toBe(200);
    minutes(10);
    expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_EXPIRED');
    expectProblem(await server.api.refresh(tokens.refreshToken), 401, 'REFRESH_TOKEN_EXPIRED');
  });

  it('closes the grace window, which is not stretched by use', async () => {
    const { api } = server;
    const first = (await api.register()).body;
    const second = (await api.refresh(first.refreshToken)).body;
    minutes(6);
    expect((await api.refresh(first.refreshToken)).body.refreshToken).toBe(second.refreshToken);
    minutes(6);
    expectProblem(await api.refresh(first.refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    expectProblem(await api.refresh(second.refreshToken), 401, 'SESSION_ENDED');
  });
});

describe('a restart', () => {
  let server: TestApp | undefined;

  afterEach(async () => {
    await server?.close();
  });

  const restart = async (change: TestEnvironment = {}) => {
    await server?.close();
    server = await start(change);
    return server;
  };

  it('with REFRESH_GRACE=0s closes the grace window for good', async () => {
    const { api } = await restart({ REFRESH_GRACE: '0s' });
    const { refreshToken } = (await api.register()).body;
    expect((await api.refresh(refreshToken)).status).toBe(200);
    expectProblem(await api.refresh(refreshToken), 401, 'REFRESH_TOKEN_REUSED');
  });

  it('with another SIGNING_ALG publishes a new key, later signs with it, and keeps the old tokens valid', async () => {
    const old = (await (await restart()).api.register()).body;
    for (const alg of ['RS256', 'ES384', 'PS256']) {
      const { api, app, clock } = await restart({ SIGNING_ALG: alg });
      await app.get(SigningKeyRotation).maintain();
      const algOf = async () => decodeProtectedHeader((await api.login(old.user.email)).body.accessToken).alg;
      expect(await algOf()).not.toBe(alg);
      clock.advance(PUBLICATION_LEAD);
      expect(await algOf()).toBe(alg);
      expect((await api.profile(old.accessToken)).status).toBe(200);
    }
    const keys = await keySetOf(await restart());
    expect(keys.map((key) => String(key.alg)).sort()).toEqual(['ES256', 'ES384', 'PS256', 'RS256']);
    expect(new Set(keys.map((key) => key.kid)).size).toBe(4);
  });

  it('with SIGNING_KEY_FILES signs with the first, verifies with all, and publishes all', async () => {
    const [one, two] = ['one.pem', 'two.pem'].map((name) => {
      const path = join(directory.path, name);
      const { privateKey } = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
      writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }));
      return path;
    }) as [string, string];

    const before = await restart({ SIGNING_KEY_FILES: one });
    const old = (await before.api.register()).body;
    const [firstKey] = await keySetOf(before);
    expect(decodeProtectedHeader(old.accessToken).kid).toBe(firstKey?.kid);

    const rotated = await restart({ SIGNING_KEY_FILES: `${two},${one}` });
    expect((await rotated.api.profile(old.accessToken)).status).toBe(200);
    const fresh = (await rotated.api.login(old.user.email)).body;
    const keys = await keySetOf(rotated);
    expect(keys.map((key) => key.kid)).toEqual([decodeProtectedHeader(fresh.accessToken).kid, firstKey?.kid]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const published = createRemoteJWKSet(new URL(`${rotated.url}/.well-known/jwks.json`));
    for (const token of [old.accessToken, fresh.accessToken]) {
      expect((await jwtVerify(token, published, { issuer: ISSUER })).payload.sub).toBe(old.user.id);
    }

    const retired = await restart({ SIGNING_KEY_FILES: two });
    expectProblem(await retired.api.profile(old.accessToken), 401, 'TOKEN_INVALID');
    expect((await retired.api.profile(fresh.accessToken)).status).toBe(200);
  });

  it('with another PUBLIC_URL or AUDIENCE refuses the tokens made for the one before', async () => {
    const { accessToken } = (await (await restart()).api.register()).body;
    const renamed = await restart({ PUBLIC_URL: 'https://other.example.com', AUDIENCE: ISSUER });
    expectProblem(await renamed.api.profile(accessToken), 401, 'TOKEN_INVALID');
    const readdressed = await restart({ AUDIENCE });
    expectProblem(await readdressed.api.profile(accessToken), 401, 'TOKEN_INVALID');
    expect((await (await restart()).api.profile(accessToken)).status).toBe(200);
  });

  it('with a new APP_SECRET and the old one as APP_SECRET_PREVIOUS keeps keys and refresh tokens', async () => {
    const old = (await (await restart()).api.register()).body;
    const [second, third] = [randomBytes(48).toString('base64'), randomBytes(48).toString('base64')];
    const rotated = await restart({ APP_SECRET: second, APP_SECRET_PREVIOUS: SECRET });
    expect((await rotated.api.profile(old.accessToken)).status).toBe(200);
    const refreshed = await rotated.api.refresh(old.refreshToken);
    expect(refreshed.status).toBe(200);
    // What was issued meanwhile is under the new secret, the signing keys are, too, and the first secret can be forgotten.
    const later = await restart({ APP_SECRET: third, APP_SECRET_PREVIOUS: second });
    expect((await later.api.profile(old.accessToken)).status).toBe(200);
    expect((await later.api.refresh(refreshed.body.refreshToken)).status).toBe(200);
    expectProblem(await later.api.refresh(old.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
  });
});
