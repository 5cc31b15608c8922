import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

describe.each(['Fastify', 'Express'] as Platform[])('on %s, the key set and the metadata', (platform) => {
  let server: ExtendedApp;

  beforeAll(async () => {
    server = await startExtendedApp(platform, { environment: { SIGNING_KEY_ROTATION: '4m' } });
  });

  afterAll(async () => {
    await server.close();
  });

  it.each(['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'])(
    'may be held for half of the publication lead, and are not sent twice: %s',
    async (path) => {
      const first = await server.call('GET', path);
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'public, max-age=30']);
      expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
      const second = await fetch(server.url + path, { headers: { 'if-none-match': etag } });
      expect([second.status, second.headers.get('etag'), await second.text()]).toEqual([304, etag, '']);
      expect(second.headers.get('cache-control')).toBe('public, max-age=30');
      const other = await server.call('GET', path, { headers: { 'if-none-match': '"other"' } });
      expect([other.status, other.headers.get('etag')]).toEqual([200, etag]);
    },
  );
});
