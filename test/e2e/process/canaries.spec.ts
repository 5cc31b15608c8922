import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../src/database/open-database.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { createDatabase, describeWithPostgres } from '../../support/services/available.js';
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

/** Prints a header of each request, as a careless line of ours might. */
const LEAK = `import http from 'node:http';
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (name, request, ...rest) {
  if (name === 'request') console.log('debugging', request.headers.authorization);
  return emit.call(this, name, request, ...rest);
};`;

const PRODUCTION = { NODE_ENV: 'production', DOCS: 'on', LOG_LEVEL: 'trace' };
const DEVELOPMENT = { NODE_ENV: 'development', LOG_LEVEL: 'trace' };

/** Secrets that occur nowhere else, each with where it was put. */
class Canaries {
  readonly all = new Map<string, string>();

  plant(where: string, prefix = ''): string {
    const secret = `${prefix}cAnAry${randomBytes(12).toString('hex')}`;
    this.all.set(secret, where);
    return secret;
  }

  /** Real ones, by their latter half, which no two share. */
  know(where: string, token: string): void {
    this.all.set(token.slice(-40), where);
  }

  foundIn(text: string): string[] {
    return [...this.all].filter(([secret]) => text.includes(secret)).map(([, where]) => where);
  }
}

/** Fields that hold what is no secret are left as they are expected, so that requests get as far as they can. */
const isSecretField = (name: string) => /password|token|secret|code/i.test(name);

/** Through every route, in right and wrong shapes. */
async function visit(url: string, canaries: Canaries): Promise<OpenApiDocument> {
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

  const email = `ada-${randomBytes(4).toString('hex')}@example.com`;
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

  for (const route of routesOf(document)) await visitRoute(route, document, canaries, accessToken, send);
  // Used again: the session ends, which is told.
  const { refreshToken: latest = '' } = await post('/api/auth/refresh', { refreshToken });
  await post('/api/auth/refresh', { refreshToken: latest });
  await post('/api/auth/refresh', { refreshToken });
  await post('/api/auth/login', { email, password });
  return document;
}

async function visitRoute(
  { method, path, operation }: DocumentedRoute,
  document: OpenApiDocument,
  canaries: Canaries,
  accessToken: string,
  send: (path: string, method: string, headers: Record<string, string>, body?: string) => Promise<unknown>,
): Promise<void> {
  const route = `${method} ${path}`;
  const secret = (what: string) => canaries.plant(`${what} of ${route}`);
  const fill = () => path.replaceAll(/\{[^}]+\}/g, () => secret('a path parameter'));
  const query = () => `?token=${secret('a query')}&${secret('the name of a query')}=1`;
  const headerSets: (() => Record<string, string>)[] = [
    () => ({}),
    () => ({ authorization: `Bearer ${accessToken}` }),
    () => ({ authorization: `Bearer ${secret('a bearer token')}` }),
    () => ({ authorization: `Basic ${secret('basic credentials')}` }),
    () => ({ cookie: `__Host-refresh=${secret('a cookie')}; x=${secret('another cookie')}` }),
    () => ({ 'x-request-id': secret('a request id'), traceparent: secret('a traceparent') }),
    () => ({ 'x-csrf-token': secret('a CSRF token'), origin: `https://${secret('an origin')}` }),
  ];
  const schema = operation.requestBody?.content['application/json']?.schema;
  const properties = document.components.schemas[schema?.$ref?.split('/').at(-1) ?? '']?.properties ?? {};
  const right = () =>
    Object.entries(properties).map(([name, { example }]): [string, unknown] => [
      name,
      isSecretField(name) ? secret(`the body's ${name}`) : example,
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

describe('secrets in the log and the audit log', () => {
  let directory: TemporaryDirectory;
  let server: LatchkeyProcess | undefined;

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
  ): Promise<{ log: string[]; audit: string[]; events: number }> {
    const canaries = new Canaries();
    const environment = testEnvironment(directory.path, settings);
    server = await LatchkeyProcess.start(environment);
    await visit(server.url, canaries);
    expect((await server.stop()).code).toBe(0);
    expect(canaries.all.size).toBeGreaterThan(200);

    const connection = await openDatabase(testConfig(directory.path, environment).database);
    const { rows } = (await connection.db.execute(sql`select e::text as row from audit_events e`)) as {
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

  it.each([
    ['JSON lines', PRODUCTION],
    ['lines for people', DEVELOPMENT],
  ])('there is none at LOG_LEVEL=trace, whatever was sent where (%s)', async (_, settings) => {
    const { events, ...leaks } = await leaksOf(settings);

    expect(leaks).toEqual(NONE);
    expect(events).toBeGreaterThan(10);
    expect(server?.stdout.match(/POST \/api\/auth\/login/g)?.length).toBeGreaterThan(20);
  });

  it('one that leaks is found', async () => {
    const leak = `--import=data:text/javascript,${encodeURIComponent(LEAK)}`;
    const { log } = await leaksOf({ ...PRODUCTION, NODE_OPTIONS: leak });

    expect(log).toContain('a bearer token of GET /api/profile');
    expect(log).toContain('a real accessToken');
  });

  describeWithPostgres('on PostgreSQL', () => {
    it('there is none either', async () => {
      const database = await createDatabase();
      try {
        const { events, ...leaks } = await leaksOf({ ...PRODUCTION, DATABASE_URL: database.url });
        expect(leaks).toEqual(NONE);
        expect(events).toBeGreaterThan(10);
      } finally {
        await database.drop();
      }
    });
  });
});
