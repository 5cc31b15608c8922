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
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it.each(['GET', 'PATCH', 'DELETE'])('lets an allowed origin use %s with a token', async (method) => {
    const { headers } = await preflight(ALLOWED, method);
    expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(headers.get('access-control-allow-methods')).toContain(method);
    expect(headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('allows no other origin', async () => {
    const { headers } = await preflight('https://evil.example', 'GET');
    expect(headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });
});
