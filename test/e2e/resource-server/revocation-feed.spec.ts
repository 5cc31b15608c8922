import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { TokensConfig } from '../../../src/config/config.js';
import type { RevocationFeedSettings } from '../../../src/resource-server/index.js';
import { RevocationFeed } from '../../../src/tokens/revocation/feed/revocation-feed.js';
import { type TestApp, startTestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';
import { promptly } from '../support/promptly.js';
import { type Service, startService } from './service-under-test.js';

const TOKEN = randomBytes(32).toString('hex');
const HASH = createHash('sha256').update(TOKEN).digest('hex');
const FEED = '/api/auth/revocations';

const untilStatus = (service: Service, token: string, status: number): Promise<void> =>
  promptly(async () => expect((await service.get('/invoices', token)).status).toBe(status));

describe('The revocation feed', () => {
  let server: TestApp;
  let isUp = true;
  const services: Service[] = [];

  beforeAll(async () => {
    server = await startTestApp({ environment: { REVOCATION_FEED_SERVICES: `billing=${HASH}` } });
  });

  afterAll(async () => {
    for (const service of services) await service.close();
    if (isUp) await server?.close();
  });

  async function listening(
    feed: Partial<RevocationFeedSettings> = {},
    platform: 'Fastify' | 'Express' = 'Fastify',
  ): Promise<Service> {
    const { issuer, audience } = server.app.get(TokensConfig);
    const service = await startService(platform, {
      issuer,
      audience,
      revocations: { token: TOKEN, url: `${server.url}${FEED}`, ...feed },
    });
    services.push(service);
    return service;
  }

  const login = async () => (await server.api.register()).body.accessToken;

  it.each(['Fastify', 'Express'] as const)('tells a service on %s of a logout', async (platform) => {
    const service = await listening({}, platform);
    const [token, other] = [await login(), await login()];
    expect((await service.get('/invoices', token)).status).toBe(200);
    await server.api.post('/api/auth/logout', undefined, { token });
    await untilStatus(service, token, 401);

    expectProblem(await service.get('/invoices', token), 401, 'TOKEN_REVOKED');
    expect((await service.get('/invoices', other)).status).toBe(200);
  });

  it('tells of what was revoked before a service began', async () => {
    const token = await login();
    await server.api.post('/api/auth/logout-all', undefined, { token });

    expectProblem(await (await listening()).get('/invoices', token), 401, 'TOKEN_REVOKED');
  });

  it.each([undefined, 'wrong'.repeat(10), HASH])('is refused with the token %s', async (token) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}${FEED}`, { headers });

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'CREDENTIAL_INVALID' });
  });

  it('goes on from any cursor, also one that is none, without a hole', async () => {
    const token = await login();
    await server.api.post('/api/auth/logout', undefined, { token });
    const { sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string;
    };
    for (const cursor of [`v1-${Date.now()}`, 'v1-99999999999999', '-1', 'x'.repeat(1000)]) {
      const stop = new AbortController();
      const response = await fetch(`${server.url}${FEED}`, {
        headers: { authorization: `Bearer ${TOKEN}`, 'last-event-id': cursor },
        signal: stop.signal,
      });
      let told = '';
      for await (const chunk of response.body ?? []) {
        told += Buffer.from(chunk as Uint8Array).toString();
        if (told.includes('event: current')) break;
      }
      stop.abort();
      expect(told).toContain(sid);
    }
  });

  it('is missed by none that was cut off meanwhile', async () => {
    const service = await listening();
    const token = await login();
    expect((await service.get('/invoices', token)).status).toBe(200);
    for (const feed of openFeeds()) feed.destroy();
    await server.api.post('/api/auth/logout', undefined, { token });

    await untilStatus(service, token, 401);
  });

  // Ends the server, so it comes last.
  it('that ends is noticed: a service fails closed, or open where it says so', async () => {
    const [closed, open] = [await listening(), await listening({ whenUnknown: 'fail-open' })];
    const token = await login();
    for (const service of [closed, open]) expect((await service.get('/invoices', token)).status).toBe(200);
    isUp = false;
    await server.close();
    expect((await closed.get('/invoices', token)).status).toBe(200);
    for (const service of [closed, open]) service.pass(11_000);

    expectProblem(await closed.get('/invoices', token), 503, 'UNAVAILABLE');
    expect((await open.get('/invoices', token)).status).toBe(200);
  });

  function openFeeds(): { destroy(): void }[] {
    const feed = server.app.get(RevocationFeed);
    return [...(feed as unknown as { open: Map<{ destroy(): void }, string> }).open.keys()];
  }
});
