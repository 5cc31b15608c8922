import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Platform } from '../access/extended-app.js';
import { type Metrics, readMetrics } from '../../support/metrics.js';
import { RecordedSpans } from '../../support/recorded-spans.js';
import { eventually } from '../support/eventually.js';
import { TestAuthorizationServer } from './authorization-server.js';

/** Requests of every kind, and the route that each is one of. */
const REQUESTS = [
  ['GET', '/oauth/authorize?client_id=secret', '/oauth/authorize'],
  ['GET', '/oauth/authorize/secret', '/oauth/authorize/:uid'],
  ['POST', '/oauth/token', '/oauth/token'],
  ['POST', '/oauth/par', '/oauth/par'],
  ['POST', '/oauth/device_authorization', '/oauth/device_authorization'],
  ['GET', '/oauth/userinfo', '/oauth/userinfo'],
  ['POST', '/oauth/introspect', '/oauth/introspect'],
  ['POST', '/oauth/revoke', '/oauth/revoke'],
  ['POST', '/oauth/register', '/oauth/register'],
  ['GET', '/oauth/logout?state=secret', '/oauth/logout'],
  ['POST', '/oauth/logout/confirm', '/oauth/logout/confirm'],
  ['GET', '/oauth/logout/success', '/oauth/logout/success'],
  ['GET', '/oauth/secret', '(no route)'],
  ['GET', '/.well-known/openid-configuration', '/.well-known/openid-configuration'],
  ['GET', '/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server'],
] as const;

const ROUTES = REQUESTS.map(([method, , route]) => `${method} ${route}`).toSorted();

async function sendAll(url: string): Promise<void> {
  for (const [method, path] of REQUESTS) await fetch(url + path, { method, redirect: 'manual' });
}

/** `GET /oauth/authorize` … of what was counted. */
function countedIn(metrics: Metrics): string[] {
  const counts = [...metrics.keys()].flatMap((name) => {
    const found = /^latchkey_http_requests_total\{route="([^"]+)",method="([^"]+)"/.exec(name);
    return found ? [`${found[2]} ${found[1]}`] : [];
  });
  return counts.filter((request) => !request.endsWith('/metrics')).toSorted();
}

describe('What the authorization server is asked', () => {
  let spans: RecordedSpans;
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    spans = new RecordedSpans();
    as = await TestAuthorizationServer.start();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await as.close();
    await spans.end();
  });

  it('has the name of its route in the access log, the metrics and the traces', async () => {
    const logged = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    await sendAll(as.url);
    await eventually(async () => expect(countedIn(await readMetrics(as.url))).toEqual(ROUTES));

    const paths = logged.mock.calls.map(([line]) => (line as { readonly path?: string }).path);
    expect(paths).toEqual(expect.arrayContaining(['/oauth/authorize/:uid', '/oauth/token', '/oauth/revoke']));
    expect(paths.filter((path) => path === '(no route)')).toHaveLength(1);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('secret');
    const traced = spans.all.filter(({ name }) => name.includes('/oauth/'));
    expect(traced.map(({ name, attributes }) => [name, attributes['http.route']])).toEqual(
      REQUESTS.filter(([, , route]) => route.startsWith('/oauth/')).map(([method, , route]) => [
        `${method} ${route}`,
        route,
      ]),
    );
  });
});

describe.each<Platform>(['Fastify', 'Express'])('In an application of one’s own on %s', (platform) => {
  it('each request is counted by its route', async () => {
    const as = await TestAuthorizationServer.startOn(platform, { oauth: true, pages: true, metrics: true });
    try {
      await sendAll(as.url);
      await eventually(async () => expect(countedIn(await readMetrics(as.url))).toEqual(ROUTES));
    } finally {
      await as.close();
    }
  });
});
