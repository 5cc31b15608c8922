import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { graphql, type GraphqlOptions } from '../../../src/graphql/index.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { CookieClient } from '../../support/cookie-client.js';
import { type ExtendedApp, startExtendedApp } from '../access/extended-app.js';
import { type Driver, DRIVERS } from './graphql-drivers.js';
import { GraphqlSubscription } from './graphql-subscription.js';

const SERVER = 'https://auth.example.com';
const PAGE = 'https://shop.example.com';
const EVIL = 'https://evil.example';

const start = ({ platform, module }: Driver, options: GraphqlOptions): Promise<ExtendedApp> =>
  startExtendedApp(platform, {
    // Mercurius declares schemas, which the server's own adapter has no use for.
    fastify: () => new FastifyAdapter(),
    environment: { PUBLIC_URL: SERVER, CORS_ORIGINS: PAGE },
    latchkey: (config) =>
      LatchkeyModule.forRoot({
        config,
        initialAdmin: false,
        imports: [module],
        transports: [graphql(options)],
      }),
  });

const refusedBy = (code: string) => ({ errors: [{ extensions: { latchkeyCode: code } }] });

describe.each(DRIVERS)('GraphQL by $name', (driver) => {
  let server: ExtendedApp;
  let api: ApiClient;
  let user: SignedIn;
  let page: CookieClient;
  let cookie: string;
  const open: GraphqlSubscription[] = [];

  beforeAll(async () => {
    server = await start(driver, { origins: [PAGE] });
    api = new ApiClient(server.url);
    user = (await api.register()).body;
    [page, cookie] = await signIn(server);
  });

  afterAll(async () => {
    for (const subscription of open) await subscription.end();
    await server?.close();
  });

  async function signIn({ url }: ExtendedApp): Promise<[CookieClient, string]> {
    const client = new CookieClient(new ApiClient(url), SERVER);
    await client.register();
    return [client, client.jar.headerFor('/graphql') ?? ''];
  }

  async function ask(query: string, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  const subscribe = (options: ConstructorParameters<typeof GraphqlSubscription>[1], at = server) => {
    const subscription = new GraphqlSubscription(at.url, options);
    open.push(subscription);
    return subscription;
  };

  it('lets callers in by their token, and no one without', async () => {
    expect(await ask('{ me }', { authorization: `Bearer ${user.accessToken}` })).toEqual({
      data: { me: user.user.id },
    });
    expect(await ask('{ me }')).toMatchObject(refusedBy('TOKEN_MISSING'));
    expect(await ask('{ me }', { authorization: 'Bearer rubbish' })).toMatchObject(
      refusedBy('TOKEN_INVALID'),
    );
    expect(await ask('{ terms }')).toEqual({ data: { terms: 'Thirty days.' } });
  });

  it('holds scopes of operations and roles of fields', async () => {
    const headers = { authorization: `Bearer ${user.accessToken}` };
    expect(await ask('mutation { refund }', headers)).toMatchObject(refusedBy('INSUFFICIENT_SCOPE'));
    expect(await ask('{ order { number margin } }', headers)).toMatchObject({
      data: { order: { number: 'A-1', margin: null } },
      ...refusedBy('INSUFFICIENT_ROLE'),
    });
  });

  it('lets pages in by their cookie with the CSRF token alone', async () => {
    expect(await ask('{ me }', { cookie, origin: SERVER })).toMatchObject(refusedBy('CSRF_REJECTED'));
    expect(
      await ask('{ me }', { cookie, origin: SERVER, 'x-csrf-token': page.csrfToken ?? '' }),
    ).toMatchObject({
      data: { me: expect.any(String) },
    });
  });

  it('ends a subscription once the token of its connection is revoked', async () => {
    const { accessToken } = (await api.register()).body;
    const { first, closed } = subscribe({ params: { Authorization: `Bearer ${accessToken}` } });
    expect(await first).toEqual({ data: { events: 'begun' } });
    await api.post('/api/auth/logout', undefined, { token: accessToken });
    expect(await closed).toEqual(driver.ending);
  });

  it('takes the token of the handshake, too', async () => {
    const { first } = subscribe({ headers: { authorization: `Bearer ${user.accessToken}` } });
    expect(await first).toEqual({ data: { events: 'begun' } });
  });

  it('ends a subscription of a page that is named, which has its token in a cookie, once that is revoked', async () => {
    const [leaving, own] = await signIn(server);
    const { first, closed } = subscribe({ headers: { cookie: own, origin: PAGE } });
    expect(await first).toEqual({ data: { events: 'begun' } });
    expect((await leaving.post('/api/auth/logout')).status).toBe(204);
    expect(await closed).toEqual(driver.ending);
  });

  it.each([
    ['of a page of another site', { origin: EVIL }, 'CSRF_REJECTED'],
    ['of a page of the server, which is not named', { origin: SERVER }, 'CSRF_REJECTED'],
    ['of a page without an origin of its own', { origin: 'null' }, 'CSRF_REJECTED'],
    ['where no origin is told', {}, 'TOKEN_MISSING'],
  ])('lets no subscription in by a cookie %s', async (_what, headers, code) => {
    const { first } = subscribe({ headers: { cookie, ...headers } });
    expect(await first).toMatchObject(refusedBy(code));
  });

  it('reads no cookie where a token is handed in beside it', async () => {
    const { first } = subscribe({
      headers: { cookie, origin: PAGE },
      params: { authorization: 'Bearer rubbish' },
    });
    expect(await first).toMatchObject(refusedBy('TOKEN_INVALID'));
  });

  it('reads no cookie of a connection where no origins are named', async () => {
    const other = await start(driver, {});
    try {
      const [, own] = await signIn(other);
      for (const origin of [PAGE, SERVER]) {
        const subscription = new GraphqlSubscription(other.url, { headers: { cookie: own, origin } });
        expect(await subscription.first).toMatchObject(refusedBy('TOKEN_MISSING'));
        await subscription.end();
      }
    } finally {
      await other.close();
    }
  });
});

it('An origin that is none stops the start', () => {
  expect(() => graphql({ origins: ['https://shop.example.com/'] })).toThrow(
    'graphql: https://shop.example.com/ is no origin such as https://app.example.com',
  );
});
