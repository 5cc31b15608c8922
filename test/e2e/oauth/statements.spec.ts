import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { PASSWORD } from '../../support/api-client.js';
import { describeStatements } from '../support/described-statements.js';
import { PageVisitor } from '../support/page-visitor.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';
import { basicOf } from './token-endpoint.js';

/** What is known in process for a moment, and read again after that, whatever is asked. */
const NOW_AND_THEN = new Set([
  'select session_eras',
  'select roles',
  'select oauth_clients',
  'select oauth_client_secrets',
]);
const OF_THE_OUTBOX = /for update skip locked/;

/** What it does to which table, for short. */
function kindOf(text: string): string {
  if (text.startsWith('begin')) return 'begin';
  if (text === 'end') return 'commit';
  const written = /^(?:with .*?\b)?(insert|update|delete) (?:into |from )?"latchkey"."(\w+)"/s.exec(text);
  const read = /.*\bfrom "latchkey"."(\w+)"/s.exec(text);
  if (written) return `${written[1]} ${written[2]}`;
  if (read && text.endsWith(' for share')) return `hold ${read[1]}`;
  return read ? `select ${read[1]}` : text;
}

describeStatements('The statements of a flow', (environment, statements) => {
  let as: TestAuthorizationServer;
  let shop: oidc.Configuration;
  let authorization: string;
  let cookie: string;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: { ...environment(), LOGIN_RATE_LIMIT: '1000/1m' },
    });
    const { client, secret } = await as.newClient({
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: ['openid', 'email', 'account', 'users:read'],
    });
    authorization = basicOf(client.id, secret);
    shop = configurationOf(client.id);
    ({ cookie } = await signInBrowser(as.url, as.origin));
  });
  afterAll(() => as.close());

  function configurationOf(clientId: string): oidc.Configuration {
    const metadata = { issuer: as.origin, authorization_endpoint: `${as.origin}/oauth/authorize` };
    const configuration = new oidc.Configuration(metadata, clientId);
    // oxlint-disable-next-line typescript/no-deprecated -- on loopback
    oidc.allowInsecureRequests(configuration);
    return configuration;
  }

  const send = (path: string, form: Record<string, string>) =>
    fetch(`${as.url}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });

  async function code() {
    const { location, checks } = await as.authorize(shop, cookie);
    return {
      grant_type: 'authorization_code',
      redirect_uri: CALLBACK,
      code: location.searchParams.get('code') ?? '',
      code_verifier: String(checks.pkceCodeVerifier),
    };
  }

  async function granted() {
    const answer = await send('/oauth/token', await code());
    return (await answer.json()) as { access_token: string; refresh_token: string };
  }

  /** Until nothing else is under way. @param prepare what comes before, and is not counted */
  async function expectStatements<T>(
    prepare: () => Promise<T>,
    request: (prepared: T) => Promise<{ readonly status: number }>,
    expected: readonly string[],
  ): Promise<void> {
    const prepared = async () => {
      const ready = await prepare();
      return () => request(ready);
    };
    await statements.expect(prepared, (sent) => {
      const kinds = sent.filter((text) => !OF_THE_OUTBOX.test(text)).map(kindOf);
      expect(kinds.filter((kind) => !NOW_AND_THEN.has(kind))).toEqual(expected);
    });
  }

  it('to ask for a code, by cookies, for a first-party client', async () => {
    await expectStatements(
      () => Promise.resolve(),
      async () => {
        const { location } = await as.authorize(shop, cookie);
        return { status: location.searchParams.has('code') ? 200 : 500 };
      },
      ['select sessions', 'select users', 'insert oauth_artifacts'],
    );
  });

  it('to exchange a code', async () => {
    await expectStatements(code, (form) => send('/oauth/token', form), [
      'select oauth_artifacts',
      'select users',
      'select users',
      'begin',
      'update oauth_artifacts',
      'hold oauth_clients',
      'update users',
      'insert audit_events',
      'insert sessions',
      'commit',
    ]);
  });

  it('to refresh', async () => {
    await expectStatements(
      granted,
      ({ refresh_token }) => send('/oauth/token', { grant_type: 'refresh_token', refresh_token }),
      ['update sessions'],
    );
  });

  it('to get a token of the client itself', async () => {
    await expectStatements(
      () => Promise.resolve(),
      () => send('/oauth/token', { grant_type: 'client_credentials', scope: 'users:read' }),
      [],
    );
  });

  it('to look an access token up, and a refresh token', async () => {
    await expectStatements(granted, ({ access_token: token }) => send('/oauth/introspect', { token }), [
      'select sessions',
    ]);
    await expectStatements(granted, ({ refresh_token: token }) => send('/oauth/introspect', { token }), [
      'select sessions',
    ]);
  });

  it('to revoke', async () => {
    await expectStatements(granted, ({ refresh_token: token }) => send('/oauth/revoke', { token }), [
      'select sessions',
      'delete oauth_artifacts',
      'select sessions',
      'begin',
      'delete one_time_tokens',
      'update sessions',
      'update sessions',
      'insert audit_events',
      'commit',
    ]);
  });

  it('to read the claims of the user', async () => {
    await expectStatements(
      granted,
      ({ access_token: token }) =>
        fetch(`${as.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
      ['select sessions', 'select users'],
    );
  });

  describe('of a client that needs consent', () => {
    let visitor: PageVisitor;
    let partner: oidc.Configuration;

    beforeEach(async () => {
      visitor = new PageVisitor(as.url, {}, as.origin);
      const { body } = await as.server.api.register();
      await visitor.open('/account/sign-in');
      await visitor.submit('/account/sign-in', { email: body.user.email, password: PASSWORD });
      partner = configurationOf((await as.newClient({ firstParty: false })).client.id);
    });

    const asks = async () => {
      const { url } = await as.authorizationUrl(partner);
      return visitor.open(url.pathname + url.search);
    };

    it('to be asked: the request is kept, and shown', async () => {
      await expectStatements(() => Promise.resolve(), asks, [
        'select sessions',
        'select users',
        'select oauth_consents',
        'insert oauth_artifacts',
        'select oauth_artifacts',
        'select sessions',
        'select users',
      ]);
    });

    it('to allow it, up to the code', async () => {
      await expectStatements(
        asks,
        async ({ path }) => {
          const answered = await visitor.submit(new URL(path, as.origin).pathname, { answer: 'allow' });
          const next = /url=(.*)$/.exec(answered.headers.get('refresh') ?? '')?.[1] ?? '';
          const { pathname, search } = new URL(next);
          const back = await visitor.open(pathname + search);
          return { status: new URL(back.path).searchParams.has('code') ? 200 : 500 };
        },
        [
          'select oauth_artifacts',
          'select sessions',
          'begin',
          'insert oauth_consents',
          'insert audit_events',
          'commit',
          'select oauth_artifacts',
          'insert oauth_artifacts',
          'select sessions',
          'select oauth_artifacts',
          'delete oauth_artifacts',
          'select users',
          'select oauth_consents',
          'insert oauth_artifacts',
        ],
      );
    });
  });
});
