import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { SignedIn } from '../../support/api-client.js';
import { describeWithRedis } from '../../support/services/available.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { EMBEDDED } from '../../support/test-store.js';
import { expectProblem } from '../support/problems.js';
import { eventually } from '../support/eventually.js';

describeWithRedis('With the sessions in Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let operator: Redis;
  let server: TestApp;

  beforeEach(async () => {
    redis = await startRedisServer();
    operator = new Redis(redis.url);
    operator.on('error', () => undefined);
    server = await startTestApp({ environment: environment() });
  });

  afterEach(async () => {
    await server.close();
    operator.disconnect();
    await redis.stop();
  });

  const environment = () => ({
    SESSION_STORE: 'redis',
    REDIS_URL: redis.url,
    REVOCATION_MAX_STALENESS: '1s',
    APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
    PUBLIC_URL: 'http://localhost:3000',
  });

  const register = async () => (await server.api.register()).body;
  const statusOf = async (token: string) => (await server.api.profile(token)).status;
  const codeOf = async (token: string) => (await server.api.profile(token)).body.code;

  const expectDead = async (tokens: SignedIn) => {
    expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(tokens.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
  };

  const expectToWork = async (email: string) => {
    const again = await server.api.login(email);
    expect(again.status).toBe(200);
    expect(await statusOf(again.body.accessToken)).toBe(200);
    expect((await server.api.refresh(again.body.refreshToken)).status).toBe(200);
  };

  it('gives every key a time to live', async () => {
    const tokens = await register();
    await server.api.refresh(tokens.refreshToken);
    await server.api.post('/api/auth/logout', undefined, { token: (await register()).accessToken });
    const keys = (await operator.keys('*')).filter((key) => !key.startsWith('latchkey:limit:'));

    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) expect([key, await operator.pttl(key)]).toEqual([key, expect.any(Number)]);
    const lives = await Promise.all(keys.map((key) => operator.pttl(key)));
    expect(Math.min(...lives)).toBeGreaterThan(0);
  });

  it('FLUSHALL logs every user out, and they can log in again', async () => {
    const tokens = await register();
    await operator.flushall();

    await eventually(async () => expect(await codeOf(tokens.accessToken)).toBe('TOKEN_REVOKED'));
    await expectDead(tokens);
    await expectToWork(tokens.user.email);
  });

  it('after FLUSHALL a process that starts anew lets in no token of before, logged out or not', async () => {
    await server.close();
    server = await startTestApp({ environment: { ...EMBEDDED, ...environment() } });
    const tokens = await register();
    const loggedOut = (await server.api.login(tokens.user.email)).body;
    await server.api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
    const { dataDir } = server;
    await server.app.close();
    await operator.flushall();
    server = await startTestApp({ environment: environment(), dataDir });

    expectProblem(await server.api.profile(loggedOut.accessToken), 401, 'TOKEN_REVOKED');
    await expectDead(tokens);
    await expectToWork(tokens.user.email);
  });

  it('killed and started again without its data, it refuses every token meanwhile, and those of before after that', async () => {
    const tokens = await register();
    await redis.kill();
    expectProblem(await server.api.refresh(tokens.refreshToken), 503, 'UNAVAILABLE');
    expectProblem(await server.api.login(tokens.user.email), 503, 'UNAVAILABLE');
    await eventually(async () => expect(await statusOf(tokens.accessToken)).toBe(503));
    expect((await server.api.get('/health/ready')).status).toBe(503);
    expect((await server.api.get('/health/live')).status).toBe(200);

    redis = await redis.startAgain();
    await eventually(async () => expect((await server.api.get('/health/ready')).status).toBe(200));
    await expectDead(tokens);
    await expectToWork(tokens.user.email);
  });

  it('killed and started from an older save, it revives no session that had ended since', async () => {
    const [tokens, loggedOut] = [await register(), await register()];
    await operator.save();
    await server.api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
    await redis.kill();
    redis = await redis.startAgain();

    await eventually(async () => expect((await server.api.get('/health/ready')).status).toBe(200));
    // The one cannot be told from the other.
    for (const before of [loggedOut, tokens]) {
      await eventually(() => expectDead(before));
    }
    await expectToWork(tokens.user.email);
  });

  it('killed with an append-only file, it keeps sessions, and access tokens of before are refreshed', async () => {
    await server.close();
    await redis.stop();
    redis = await startRedisServer({ settings: ['appendonly yes', 'appendfsync always'] });
    server = await startTestApp({ environment: environment() });
    const [tokens, loggedOut] = [await register(), await register()];
    await server.api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
    await redis.kill();
    redis = await redis.startAgain();

    await eventually(async () => expect(await codeOf(tokens.accessToken)).toBe('TOKEN_REVOKED'));
    expectProblem(await server.api.refresh(loggedOut.refreshToken), 401, 'SESSION_ENDED');
    const answer = await server.api.refresh(tokens.refreshToken);
    expect(await statusOf(answer.body.accessToken)).toBe(200);
    await expectToWork(tokens.user.email);
  });

  it('while it is paused, requests are refused instead of waiting, and then go on', async () => {
    const tokens = await register();
    await operator.call('CLIENT', 'PAUSE', '4000', 'ALL');
    expectProblem(await server.api.refresh(tokens.refreshToken), 503, 'UNAVAILABLE');
    await eventually(async () => expect(await statusOf(tokens.accessToken)).toBe(503));

    await eventually(async () => expect(await statusOf(tokens.accessToken)).toBe(200));
    // The rotation whose reply was lost may have happened: within the grace window the answer is the same successor.
    const answer = await server.api.refresh(tokens.refreshToken);
    expect(answer.status).toBe(200);
    expect((await server.api.refresh(answer.body.refreshToken)).status).toBe(200);
  });

  it('a dropped connection costs a request at most, and no session', async () => {
    const tokens = await register();
    await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await operator.call('CLIENT', 'KILL', 'TYPE', 'pubsub');

    await eventually(async () => expect((await server.api.get('/health/ready')).status).toBe(200));
    expect(await statusOf(tokens.accessToken)).toBe(200);
    expect((await server.api.refresh(tokens.refreshToken)).status).toBe(200);
  });
});
