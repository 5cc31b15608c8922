import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buildExample, expectDependencies, startExample } from './example-application.js';
import type { PackedApplication } from './packed-application.js';
import type { ServedApplication } from './served-application.js';

const CREDENTIALS = { email: 'john@example.com', password: 'changeme' };

describe('examples/from-passport-jwt', () => {
  let application: PackedApplication;
  let served: ServedApplication | undefined;

  async function serve(script: 'before' | 'after'): Promise<ServedApplication> {
    served = await startExample(application, {}, script);
    return served;
  }

  beforeAll(async () => {
    application = await buildExample('from-passport-jwt');
  }, 300_000);

  afterAll(() => {
    application?.remove();
  });

  afterEach(async () => {
    await served?.stop();
    served = undefined;
  });

  it('declares and installs what it imports', () => {
    expectDependencies(application);
  });

  it('logs its user in, and knows the caller, before', async () => {
    const server = await serve('before');
    const login = await server.post('/auth/login', CREDENTIALS);
    const { access_token: token } = login.body;

    expect([login.status, (await server.get('/orders')).status]).toEqual([200, 401]);
    expect((await server.get('/orders', token)).body).toEqual({ customer: 1 });
    expect((await server.get('/orders/terms')).status).toBe(200);
  });

  it('logs the same user in, with the same password, and knows the same caller, after', async () => {
    const server = await serve('after');
    const login = await server.post('/api/auth/login', CREDENTIALS);
    const { accessToken: token, refreshToken } = login.body;

    expect([login.status, (await server.get('/orders')).status]).toEqual([200, 401]);
    expect((await server.get('/orders', token)).body).toEqual({ customer: 1 });
    expect((await server.get('/orders/terms')).status).toBe(200);
    expect((await server.post('/api/auth/refresh', { refreshToken })).status).toBe(200);
  });
});
