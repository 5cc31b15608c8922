import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import type { Problem } from '../../support/api-client.js';
import { DpopKey, type Proof } from '../../support/dpop-key.js';
import { describeWithPostgres, describeWithRedis } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { EMBEDDED } from '../../support/test-store.js';
import { startService, type Service } from '../resource-server/service-under-test.js';
import { expectProblem } from '../support/problems.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { type BoundAccess, boundAccess } from './bound-access.js';
import { signInBrowser } from './signed-in-browser.js';

const APP_SECRET = randomBytes(32).toString('base64url');

interface Instances {
  readonly here: TestAuthorizationServer;
  /** The same as `here` on the embedded database. */
  readonly there: TestAuthorizationServer;
  stop(): Promise<unknown>;
}

async function two(environment: Record<string, string>, ...more: (() => unknown)[]): Promise<Instances> {
  const here = await TestAuthorizationServer.start({ environment });
  const there = await TestAuthorizationServer.start({
    environment: { ...environment, PUBLIC_URL: here.origin },
  });
  const stop = async () => {
    await Promise.all([here.close(), there.close()]);
    for (const each of more) await each();
  };
  return { here, there, stop };
}

describe('On the embedded database, a token that is bound to a key', () => {
  needsProofs(async () => {
    const one = await TestAuthorizationServer.start({ environment: { APP_SECRET, ...EMBEDDED } });
    return { here: one, there: one, stop: () => one.close() };
  });
});

describeWithPostgres('With two instances on PostgreSQL, a token that is bound to a key', () => {
  needsProofs(async () => {
    const database = await createMigratedDatabase();
    return two({ APP_SECRET, DATABASE_URL: database.url }, () => database.drop());
  });
});

describeWithPostgres('With two instances and sessions in Redis, a token that is bound to a key', () => {
  describeWithRedis('-', () => {
    needsProofs(async () => {
      const [database, redis] = [await createMigratedDatabase(), await startRedisServer()];
      const environment = {
        APP_SECRET,
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        SESSION_STORE: 'redis',
      };
      return two(
        environment,
        () => redis.stop(),
        () => database.drop(),
      );
    });
  });
});

interface Asked {
  readonly at?: TestAuthorizationServer;
  readonly path?: string;
  readonly scheme?: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** The challenges of a caller who has shown nothing. */
const BOTH = 'Bearer realm="latchkey", DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", realm="latchkey"';

function needsProofs(start: () => Promise<Instances>): void {
  let as: Instances;
  let access: BoundAccess;
  let other: DpopKey;

  beforeAll(async () => {
    as = await start();
    [access, other] = [await boundAccess(as.here), await DpopKey.create()];
  });
  afterAll(() => as.stop());

  const PROFILE = '/api/profile';
  const proof = (said: Proof = {}, of = access.key) =>
    of.proof({ htm: 'GET', htu: as.here.origin + PROFILE, token: access.token, ...said });
  async function ask(shown: string | undefined, { at = as.here, path = PROFILE, ...asked }: Asked = {}) {
    const { scheme = 'DPoP', token = access.token, headers } = asked;
    const dpop = shown === undefined ? {} : { dpop: shown };
    const answer = await fetch(at.url + path, {
      headers: { authorization: `${scheme} ${token}`, ...dpop, ...headers },
    });
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Problem;
    return { status: answer.status, headers: answer.headers, body };
  }

  it('lets in who shows the key with each request, whatever the query', async () => {
    const answer = await ask(await proof());
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ id: access.userId })]);
    expect((await ask(await proof(), { path: `${PROFILE}?x=1`, at: as.there })).status).toBe(200);
    expect((await ask(await proof(), { scheme: 'dpop' })).status).toBe(200);
  });

  it('is refused as a bearer’s, with a proof and without', async () => {
    for (const shown of [undefined, await proof()]) {
      const answer = await ask(shown, { scheme: 'Bearer' });
      expectProblem(answer, 401, 'TOKEN_INVALID');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    }
    const cookie = `latchkey_access=${access.token}`;
    const answer = await fetch(as.here.url + PROFILE, { headers: { cookie } });
    expect(answer.status).toBe(401);
  });

  it('is one of two that a caller without a token is told of', async () => {
    const answer = await fetch(as.here.url + PROFILE);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, BOTH]);
  });

  it('is refused without a proof, in the words of RFC 9449', async () => {
    const answer = await ask(undefined);
    expectProblem(answer, 401, 'DPOP_PROOF_INVALID');
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", realm="latchkey", error="invalid_dpop_proof", error_description="/,
    );
  });

  it.each<[string, () => Promise<string>]>([
    ['another key', () => proof({}, other)],
    ['the key beside another’s signature', () => proof({ header: { jwk: access.key.jwk } }, other)],
    ['another method', () => proof({ htm: 'DELETE' })],
    ['another address', () => proof({ htu: `${as.here.origin}/api/auth/sessions` })],
    ['the address of an instance', () => proof({ htu: `http://127.0.0.1:1${PROFILE}` })],
    ['no token', () => proof({ claims: { ath: undefined } })],
    ['another token', () => proof({ token: `${access.token}x` })],
    ['two proofs', async () => `${await proof()}, ${await proof()}`],
  ])('is refused with a proof of %s', async (_, made) => {
    expectProblem(await ask(await made()), 401, 'DPOP_PROOF_INVALID');
  });

  it('is refused with a proof that was used, on each instance; of several at once one is let in', async () => {
    const used = await proof();
    expect((await ask(used)).status).toBe(200);
    for (const at of [as.here, as.there]) expectProblem(await ask(used, { at }), 401, 'DPOP_PROOF_INVALID');
    const raced = await proof();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ask(raced, { at: index % 2 ? as.here : as.there })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is asked for a nonce where the clock of its client is wrong, and that nonce holds on each instance', async () => {
    const claims = { iat: Math.floor(Date.now() / 1000) - 3600 };
    const answer = await ask(await proof({ claims }));
    expectProblem(answer, 401, 'DPOP_NONCE_REQUIRED');
    expect(answer.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"');
    const nonce = answer.headers.get('dpop-nonce') ?? '';
    expect((await ask(await proof({ claims, nonce }), { at: as.there })).status).toBe(200);
    expectProblem(await ask(await proof({ nonce: 'made-up' })), 401, 'DPOP_NONCE_REQUIRED');
  });

  it('is not one that is bound to none: that is refused with the scheme DPoP', async () => {
    const { body } = await as.here.server.api.register();
    const token = body.accessToken;
    const answer = await ask(await proof({ token }), { token });
    expectProblem(answer, 401, 'TOKEN_INVALID');
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token"/);
    expect((await ask(undefined, { token, scheme: 'Bearer' })).status).toBe(200);
  });

  it('passes forward-auth with a proof for what the gateway was asked', async () => {
    const verify = '/api/auth/verify';
    const headers = {
      'x-forwarded-method': 'PUT',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example.com',
      'x-forwarded-uri': '/orders/7?page=2',
    };
    const said = { htm: 'PUT', htu: 'https://shop.example.com/orders/7' };
    const asked = { path: verify, headers };
    const good = await ask(await proof(said), asked);
    expect([good.status, good.headers.get('x-auth-subject')]).toEqual([204, access.userId]);
    const wrong: Proof[] = [
      { ...said, htm: 'GET' },
      { ...said, htu: 'https://shop.example.com/orders/8' },
      { ...said, htu: 'https://other.example.com/orders/7' },
      { htm: 'GET', htu: as.here.origin + verify },
    ];
    for (const each of wrong) expectProblem(await ask(await proof(each), asked), 401, 'DPOP_PROOF_INVALID');
    const untold = await ask(await proof({ htm: 'GET', htu: as.here.origin + verify }), { path: verify });
    expectProblem(untold, 401, 'DPOP_PROOF_INVALID');
    const withoutHost = { 'x-original-method': 'GET', 'x-original-uri': '/orders' };
    const own = await proof({ htu: `${as.here.origin}/orders` });
    expect((await ask(own, { path: verify, headers: withoutHost })).status).toBe(204);
  });

  describe('at a service of another port', () => {
    let service: Service;

    beforeAll(async () => {
      const settings = { issuer: as.here.origin, audience: as.here.origin };
      const port = 'http://localhost:4000';
      service = await startService('Fastify', { ...settings, publicUrl: port });
    });
    afterAll(() => service.close());

    const HTU = 'http://localhost:4000/invoices';
    const call = (shown: string, scheme = 'DPoP') =>
      service.get('/invoices', undefined, { authorization: `${scheme} ${access.token}`, dpop: shown });

    it('is told of where there is no token', async () => {
      const answer = await service.get('/invoices');
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, BOTH]);
    });

    it('is let in by openid-client, which goes on to refresh', async () => {
      const [config, { cookie, userId }] = await Promise.all([
        as.here.client({ type: 'public' }),
        signInBrowser(as.here.url, as.here.origin),
      ]);
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      const { location, checks } = await as.here.authorize(config, cookie);
      const tokens = await oidc.authorizationCodeGrant(config, location, checks, undefined, { DPoP });
      // The service is told of its address as behind a proxy.
      config[oidc.customFetch] = (url, options) =>
        fetch(url.replace('http://localhost:4000', service.url), options as RequestInit);
      const answer = await oidc.fetchProtectedResource(
        config,
        tokens.access_token,
        new URL(HTU),
        'GET',
        undefined,
        undefined,
        { DPoP },
      );
      expect(await answer.json()).toMatchObject({ subject: userId });
    });

    it('is refused with a proof that was used, for another service, or as a bearer’s', async () => {
      const used = await proof({ htu: HTU });
      expect((await call(used)).status).toBe(200);
      for (const wrong of [used, await proof({ htu: `${as.here.origin}/invoices` }), ''])
        expectProblem(await call(wrong), 401, 'DPOP_PROOF_INVALID');
      expectProblem(await call(await proof({ htu: HTU }), 'Bearer'), 401, 'TOKEN_INVALID');
      const late = await proof({ htu: HTU, claims: { iat: Math.floor(Date.now() / 1000) - 61 } });
      expectProblem(await call(late), 401, 'DPOP_PROOF_INVALID');
    });
  });
}
