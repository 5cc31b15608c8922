import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';

const ALLOWED = 'https://app.example.com';

describe('CORS', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { CORS_ORIGINS: ALLOWED } });
  });

  afterAll(async () => {
    await server.close();
  });

  const preflight = (origin: string, method: string) =>
    fetch(`${server.url}/api/profile`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,x-auth-mode,x-csrf-token',
      },
    });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])(
    'lets an allowed origin use %s with a token, and with cookies',
    async (method) => {
      const { headers } = await preflight(ALLOWED, method);
      expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(headers.get('access-control-allow-methods')).toContain(method);
      const names = headers.get('access-control-allow-headers')?.toLowerCase().split(/, */);
      expect(names).toEqual(['authorization', 'content-type', 'x-auth-mode', 'x-csrf-token', 'dpop']);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
    },
  );

  it('allows no other origin', async () => {
    const { headers } = await preflight('https://evil.example', 'GET');
    expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('is off where no origin is named', async () => {
    const closed = await startTestApp();
    try {
      const { headers } = await fetch(`${closed.url}/health/live`, { headers: { origin: ALLOWED } });
      const names = ['access-control-allow-origin', 'access-control-allow-credentials'];
      expect(names.map((name) => headers.get(name))).toEqual([null, null]);
    } finally {
      await closed.close();
    }
  });
});
