import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../src/database/open-database.js';
import { MailServer } from '../../support/mail-server.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import {
  type TemporaryDirectory,
  temporaryDirectory,
  type TestEnvironment,
  testConfig,
  testEnvironment,
} from '../../support/test-config.js';
import {
  type DocumentedRoute,
  fetchDocument,
  type OpenApiDocument,
  routesOf,
} from '../support/openapi-document.js';
import { Canaries } from './canaries.js';
import { browse, mailbox, newAddress, type Traveller, useLinks } from './canary-flows.js';

/** Prints what it gets and sends, as careless lines of ours might. */
const LEAK = `import http from 'node:http';
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (name, request, ...rest) {
  if (name === 'request') {
    const { authorization, cookie } = request.headers;
    console.log('debugging', authorization, cookie, request.headers['x-csrf-token']);
    const push = request.push;
    request.push = function (chunk, ...more) {
      if (chunk) console.error('debugging', String(chunk));
      return push.call(this, chunk, ...more);
    };
  }
  return emit.call(this, name, request, ...rest);
};`;

const PRODUCTION = { NODE_ENV: 'production', DOCS: 'on', LOG_LEVEL: 'trace' };
const DEVELOPMENT = { NODE_ENV: 'development', LOG_LEVEL: 'trace' };

/** Fields that hold what is no secret are left as they are expected, so that requests get as far as they can. */
const PREFIXES: Record<string, string> = { token: 'lk_ot_', refreshToken: 'lk_rt_' };
const isSecretField = (name: string) => /password|token|secret|code/i.test(name);

/** Through every flow and every route, in right and wrong shapes; or through those routes only. */
async function visit(traveller: Traveller, routes?: readonly string[]): Promise<OpenApiDocument> {
  const { url, canaries } = traveller;
  await useLinks(traveller);
  const cookieNames = await browse(traveller);
  const document = await fetchDocument(url);
  const send = async (path: string, method: string, headers: Record<string, string>, body?: string) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      method,
      headers: { ...json, ...headers },
      body: body ?? null,
    });
    return response.text();
  };

  const email = newAddress();
  const password = canaries.plant('a right password', 'Aa1 ');
  const newPassword = canaries.plant('a new password', 'Bb2 ');
  const post = async (path: string, body: object, token?: string): Promise<Record<string, string>> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const text = await send(path, 'POST', headers, JSON.stringify(body));
    const answer = text === '' ? {} : (JSON.parse(text) as Record<string, string>);
    for (const name of ['accessToken', 'refreshToken'])
      if (answer[name] !== undefined) canaries.know(`a real ${name}`, answer[name]);
    return answer;
  };
  await post('/api/auth/register', { email, password });
  const { accessToken = '', refreshToken = '' } = await post('/api/auth/login', { email, password });
  await post('/api/auth/refresh', { refreshToken });
  await post('/api/auth/password/change', { currentPassword: password, newPassword }, accessToken);

  const visited = { url, document, canaries, accessToken, cookieNames };
  for (const route of routesOf(document)) {
    if (!routes || routes.includes(`${route.method} ${route.path}`)) await visitRoute(route, visited, send);
  }
  // Used again: the session ends, which is told.
  const { refreshToken: latest = '' } = await post('/api/auth/refresh', { refreshToken });
  await post('/api/auth/refresh', { refreshToken: latest });
  await post('/api/auth/refresh', { refreshToken });
  await post('/api/auth/login', { email, password });
  return document;
}

interface Visited {
  readonly url: string;
  readonly document: OpenApiDocument;
  readonly canaries: Canaries;
  readonly accessToken: string;
  readonly cookieNames: readonly string[];
}

async function visitRoute(
  { method, path, operation }: DocumentedRoute,
  { url, document, canaries, accessToken, cookieNames }: Visited,
  send: (path: string, method: string, headers: Record<string, string>, body?: string) => Promise<unknown>,
): Promise<void> {
  const route = `${method} ${path}`;
  const secret = (what: string, prefix = '') => canaries.plant(`${what} of ${route}`, prefix);
  const cookies = () => cookieNames.map((name) => `${name}=${secret(`a cookie ${name}`)}`).join('; ');
  const fill = () => path.replaceAll(/\{[^}]+\}/g, () => secret('a path parameter'));
  const query = () => `?token=${secret('a query')}&${secret('the name of a query')}=1`;
  const headerSets: (() => Record<string, string>)[] = [
    () => ({}),
    () => ({ authorization: `Bearer ${accessToken}` }),
    () => ({ authorization: `Bearer ${secret('a bearer token')}` }),
    () => ({ authorization: `Basic ${secret('basic credentials')}` }),
    () => ({ cookie: `${cookies()}; x=${secret('another cookie')}` }),
    () => ({
      cookie: cookies(),
      'x-auth-mode': 'cookie',
      origin: url,
      'x-csrf-token': secret('a CSRF token'),
    }),
    () => ({ 'x-request-id': secret('a request id'), traceparent: secret('a traceparent') }),
    () => ({ 'x-csrf-token': secret('a CSRF token'), origin: `https://${secret('an origin')}` }),
  ];
  const schema = operation.requestBody?.content['application/json']?.schema;
  const properties = document.components.schemas[schema?.$ref?.split('/').at(-1) ?? '']?.properties ?? {};
  const right = () =>
    Object.entries(properties).map(([name, { example }]): [string, unknown] => [
      name,
      isSecretField(name) ? secret(`the body's ${name}`, PREFIXES[name]) : example,
    ]);
  const bodies = (): (string | undefined)[] =>
    method === 'GET'
      ? [undefined]
      : [
          undefined,
          JSON.stringify(Object.fromEntries(right())),
          JSON.stringify(Object.fromEntries(right().map(([name, value]) => [name, [value]]))),
          JSON.stringify({
            ...Object.fromEntries(right()),
            [secret('an unknown field')]: secret('its value'),
          }),
          `{"password": "${secret('a body that is no JSON')}"`,
          `"${secret('a body that is no object')}"`,
        ];

  // A session must live to be of use here.
  const ends = /logout|sessions\/\{|profile$/.test(path) && method !== 'GET';
  for (const headers of headerSets)
    for (const body of bodies()) {
      const given = headers();
      if (ends && given['authorization']?.includes(accessToken)) continue;
      await send(fill() + query(), method, given, body);
    }
}

/** Some two thousand requests. */
jest.setTimeout(240_000);

describe('secrets in the log and the audit log', () => {
  let directory: TemporaryDirectory;
  let server: LatchkeyProcess | undefined;
  let mail: MailServer;

  beforeAll(async () => {
    mail = await MailServer.start();
  });
  afterAll(() => mail.stop());
  beforeEach(() => {
    directory = temporaryDirectory();
  });

  afterEach(async () => {
    await server?.stop('SIGKILL');
    directory.remove();
  });

  /** Visits everything, and stops. @returns where the secrets were put that came out again, and what came out */
  async function leaksOf(
    settings: TestEnvironment,
    routes?: readonly string[],
  ): Promise<{ log: string[]; audit: string[]; events: number }> {
    const canaries = new Canaries();
    const environment = testEnvironment(directory.path, { MAIL_MIN_INTERVAL: '0s', ...settings });
    server = await LatchkeyProcess.start(environment);
    const mails = mailbox(directory.path, settings['MAIL_URL'] === undefined ? undefined : mail);
    await visit({ url: server.url, canaries, mails }, routes);
    expect((await server.stop()).code).toBe(0);
    expect(canaries.all.size).toBeGreaterThan(routes ? 50 : 200);

    const connection = await openDatabase(testConfig(directory.path, environment).database);
    const { rows } = (await connection.db.execute(
      sql`select e::text as row from latchkey.audit_events e`,
    )) as {
      rows: { row: string }[];
    };
    await connection.close();
    return {
      log: canaries.foundIn(server.stdout + server.stderr),
      audit: canaries.foundIn(rows.map(({ row }) => row).join('\n')),
      events: rows.length,
    };
  }

  const NONE = { log: [], audit: [] };

  /** Mails go to a server, and not into files. */
  const overSmtp = () => ({ MAIL_URL: mail.url, MAIL_FROM: 'Acme <no-reply@acme.example>' });

  /** Of a log that says much. */
  const expectNone = async (settings: TestEnvironment) => {
    const { events, ...leaks } = await leaksOf(settings);

    expect(leaks).toEqual(NONE);
    expect(events).toBeGreaterThan(10);
    expect(server?.stdout.match(/POST \/api\/auth\/login/g)?.length).toBeGreaterThan(20);
  };

  it('there is none at LOG_LEVEL=trace, whatever was sent where (lines for people, on PGlite)', () =>
    expectNone(DEVELOPMENT));

  it('one that leaks is found', async () => {
    const leak = `--import=data:text/javascript,${encodeURIComponent(LEAK)}`;
    const routes = ['GET /api/profile', 'POST /api/auth/password/reset', 'POST /api/auth/refresh'];
    const { log } = await leaksOf({ ...PRODUCTION, NODE_OPTIONS: leak }, routes);

    expect(log).toContain('a bearer token of GET /api/profile');
    for (const real of [
      'a real accessToken',
      'a real refreshToken',
      'a real csrfToken',
      'a real cookie latchkey_access',
      'a real cookie latchkey_refresh',
      'a real cookie lk_device',
      'a real one-time token for /verify-email',
      'a real one-time token for /confirm-email',
      'a real one-time token for /reset-password',
      "the body's token of POST /api/auth/password/reset",
      'a cookie latchkey_refresh of POST /api/auth/refresh',
    ])
      expect(log).toContain(real);
  });

  describeWithPostgres('on PostgreSQL', () => {
    it('there is none either (JSON lines)', async () => {
      const database = await createMigratedDatabase();
      try {
        await expectNone({ ...PRODUCTION, ...overSmtp(), DATABASE_URL: database.url });
      } finally {
        await database.drop();
      }
    });
  });
});
