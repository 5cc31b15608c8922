import { createHmac } from 'node:crypto';
import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { eventually } from '../e2e/support/eventually.js';
import { describeWithPostgres, postgres, type TestDatabase } from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { readOutbox } from '../support/read-outbox.js';
import { createTestStore, type TestStore } from '../support/test-store.js';
import { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';

const PASSWORD = 'correct horse battery staple';
const TENANT = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
const NAMES = ['shop', 'replaced', 'some', 'none', 'handed-in'] as const;
const PLATFORMS = ['Express', 'Fastify'] as const;
const EXAMPLES =
  /\/(staff-fields|tenant-claims|scrypt-passwords|password-policy|own-guards|own-limits|shipped-audit-sink|kms-signing-keys|totp-gate|http-mailer|flow-left-out|newsletter|api-keys|company-registration)\.ts$/;
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    module: 'nodenext',
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: false,
  },
  include: ['package', 'docs'],
});

interface Printed {
  readonly urls: Record<string, string>;
  readonly administrators: Record<string, { readonly email: string; readonly password: string }>;
}

interface Answer {
  readonly status: number;
  // An expectation is what checks it.
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any
}

interface Question {
  readonly token?: string;
  readonly body?: object;
  /** Where it comes from, by the word of a proxy. */
  readonly from?: string;
  readonly headers?: Record<string, string>;
}

/** The HTTP API that mails are handed to. */
const mails: { readonly to: string; readonly text: string }[] = [];
const mailService = createServer((request, response) => {
  void json(request).then((mail) => mails.push(mail as (typeof mails)[number]));
  response.end();
});

let application: PackedApplication;
let served: ServedApplication;
let printed: Printed;
const stores: TestStore[] = [];
const databases: TestDatabase[] = [];

beforeAll(async () => {
  mailService.listen(0, '127.0.0.1');
  const [made] = await Promise.all([
    PackedApplication.create('@nestjs/platform-fastify@12', '@types/pg@8', '@types/node@20'),
    once(mailService, 'listening'),
  ]);
  application = made;
  application.write('package.json', JSON.stringify({ name: 'application', private: true, type: 'module' }));
  application.write('tsconfig.json', TSCONFIG);
  cpSync('test/package/throw-away', `${application.path}/package/throw-away`, { recursive: true });
  cpSync('test/docs/examples', `${application.path}/docs/examples`, {
    recursive: true,
    filter: (path) => !path.endsWith('.ts') || EXAMPLES.test(path),
  });
  await application.node(`${process.cwd()}/node_modules/typescript/bin/tsc`);
  for (const _ of [...NAMES, ...NAMES]) {
    // Embedded, so many in one process would take gigabytes.
    const database = postgres ? await createMigratedDatabase() : undefined;
    if (database) databases.push(database);
    const environment = {
      PUBLIC_URL: 'https://id.example.com',
      ...(database && { DATABASE_URL: database.url }),
    };
    stores.push(await createTestStore({ environment }));
  }
  served = await ServedApplication.start(application, 'dist/package/throw-away/main.js', {
    STORES: JSON.stringify(stores.map(({ environment }) => environment)),
    MAIL_SERVICE: `http://127.0.0.1:${(mailService.address() as AddressInfo).port}/`,
    ACCESS_TOKEN_TTL: '1h',
  });
  printed = JSON.parse(served.printed.split('\n')[0] ?? '') as Printed;
}, 300_000);

afterAll(async () => {
  await served?.stop();
  mailService.close();
  application?.remove();
  await Promise.all(stores.map((store) => store.remove()));
  for (const database of databases) await database.drop();
});

async function ask(url: string, method: string, path: string, question: Question = {}): Promise<Answer> {
  const { token, body, from, headers = {} } = question;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...(from !== undefined && { 'x-forwarded-for': from }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

describe.each(PLATFORMS)('A throw-away application of the tarball, on %s,', (platform) => {
  const to =
    (name: (typeof NAMES)[number]) =>
    (method: string, path: string, question?: Question): Promise<Answer> =>
      ask(printed.urls[`${platform} ${name}`] ?? '', method, path, question);

  describe('with all routes, elsewhere, and settings of the environment', () => {
    const call = to('shop');
    const outbox = () => stores[PLATFORMS.indexOf(platform) * NAMES.length]?.dataDir ?? '';
    let admin: string;

    beforeAll(async () => {
      const { email, password } = printed.administrators[`${platform} shop`] ?? { email: '', password: '' };
      const first = await call('POST', '/shop/id/auth/login', { body: { email, password } });
      await call('POST', '/shop/id/auth/password/change', {
        token: first.body.accessToken,
        body: { currentPassword: password, newPassword: PASSWORD },
      });
      const login = await call('POST', '/shop/id/auth/login', { body: { email, password: PASSWORD } });
      admin = login.body.accessToken;
    });

    const register = (fields: object) =>
      call('POST', '/shop/id/auth/register', { body: { password: PASSWORD, ...fields } });

    it('has them below both prefixes, without a version, and well-known addresses where the issuer says', async () => {
      const metadata = await call('GET', '/.well-known/oauth-authorization-server');
      expect(metadata.body).toMatchObject({ issuer: 'https://id.example.com' });
      expect((await call('GET', '/.well-known/jwks.json')).body.keys).toHaveLength(1);
      const statuses = [
        '/shop/.well-known/jwks.json',
        '/api/profile',
        '/shop/v1/id/profile',
        '/shop/id/profile',
      ];
      const answers = await Promise.all(statuses.map((path) => call('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 401]);
      expect((await call('GET', '/shop/v1/own')).status).toBe(401);
      expect((await call('GET', '/shop/v1/own/admin', { token: admin })).status).toBe(200);
    });

    it('reads the environment where it says so', async () => {
      const { body } = await register({ email: 'env@example.com', staffNumber: 'e1000' });
      expect(body.expiresIn).toBe(3600);
    });

    it('takes fields of its own at registration, of whom they may be taken, and no two alike', async () => {
      const ada = { email: 'ada@example.com', staffNumber: 'a1234', telephone: '+49 30 123456' };
      const { status, body } = await register(ada);
      expect(status).toBe(201);
      expect(body.user).toMatchObject({ staffNumber: 'A1234', telephone: '+49 30 123456', tenantId: null });
      const refused = [
        await register({ ...ada, email: 'b@example.com' }),
        await register({ email: 'b@example.com', staffNumber: 'b1234', tenantId: TENANT }),
        await register({ email: 'b@example.com', staffNumber: '12' }),
      ];
      expect(refused.map((answer) => [answer.status, answer.body.code])).toEqual([
        [409, 'FIELD_TAKEN'],
        [400, 'VALIDATION_FAILED'],
        [400, 'VALIDATION_FAILED'],
      ]);
      expect((await call('GET', '/shop/v1/own/staff/A1234')).body).toEqual(['ada@example.com']);
    });

    it('has them in the profile, for administrators, in tokens, in the export and in the audit log', async () => {
      const grace = { email: 'grace@example.com', staffNumber: 'g1234' };
      const { accessToken: token, refreshToken, user } = (await register(grace)).body;
      const patched = await call('PATCH', '/shop/id/profile', {
        token,
        body: { telephone: '+1 202 555 0100' },
      });
      expect(patched.body).toMatchObject({ telephone: '+1 202 555 0100' });
      const fields = `/shop/id/admin/users/${user.id}/fields`;
      const changed = await call('PATCH', fields, { token: admin, body: { tenantId: TENANT } });
      expect(changed.body).toMatchObject({ staffNumber: 'G1234', tenantId: TENANT });

      const refreshed = await call('POST', '/shop/id/auth/refresh', { body: { refreshToken } });
      const second: string = refreshed.body.accessToken;
      expect(decodeJwt(second)).toMatchObject({ tenantId: TENANT });
      expect((await call('GET', '/shop/v1/rooms', { token: second })).body).toEqual([{ of: TENANT }]);
      const exported = await call('GET', '/shop/id/profile/export', { token: second });
      expect(JSON.stringify(exported.body)).toContain(TENANT);
      const log = await call('GET', '/shop/id/profile/audit', { token: second });
      const changes = log.body.events.filter(({ type }: { type: string }) => type === 'user.fields_changed');
      expect(changes).toHaveLength(2);
    });

    it('has them in an invitation, and in its acceptance', async () => {
      const email = 'invited@example.com';
      const body = { email, staffNumber: 'i1234', tenantId: TENANT };
      expect((await call('POST', '/shop/id/admin/invitations', { token: admin, body })).status).toBe(202);
      const [mail] = await readOutbox(outbox(), { to: email, atLeast: 1 });
      const accepted = await call('POST', '/shop/id/auth/invitation/accept', {
        body: { token: mail?.token, password: PASSWORD, telephone: '+49 30 654321' },
      });
      expect(accepted.body.user).toMatchObject({
        staffNumber: 'I1234',
        tenantId: TENANT,
        telephone: '+49 30 654321',
      });
    });

    it('has them in its OpenAPI document', async () => {
      const { paths, components } = (await call('GET', '/shop/v1/own/document')).body;
      expect(paths).toHaveProperty(['/shop/id/auth/register']);
      expect(JSON.stringify(components.schemas)).toContain('staffNumber');
    });
  });

  describe('with every part replaced, and settings that something injected gives', () => {
    const call = to('replaced');
    let last = 0;
    /** Each from an address of its own. */
    const address = () => `203.0.113.${(last += 1)}`;
    const register = (fields: object = {}) =>
      call('POST', '/api/auth/register', {
        body: { email: `user${(last += 1)}@example.com`, password: PASSWORD, ...fields },
        from: address(),
      });
    const logIn = (email: string, from = address(), password = PASSWORD) =>
      call('POST', '/api/auth/login', { body: { email, password }, from });
    const parts = async () => (await call('GET', '/parts')).body;

    it('reads no environment', async () => {
      expect((await register()).body.expiresIn).toBe(300);
    });

    it('keeps users elsewhere, and hashes their passwords in its own way', async () => {
      const { email } = (await register()).body.user;
      expect((await call('GET', `/parts/hashes/${email}`)).body).toBe('scrypt in InMemoryUsersRepository');
      expect((await logIn(email)).status).toBe(200);
      expect((await logIn(email, address(), 'wrong')).body.code).toBe('INVALID_CREDENTIALS');
    });

    it('has rules about passwords', async () => {
      const { body } = await register({ password: 'purple monkey on Tuesday' });
      expect(body).toMatchObject({ code: 'PASSWORD_REJECTED', errors: [{ message: 'must name no day' }] });
    });

    it('has claims of its own', async () => {
      const { accessToken: token } = (await register()).body;
      expect(decodeJwt(token)).toMatchObject({ tenant: 'example.com' });
      expect((await call('GET', '/tenant', { token })).body).toEqual({ tenant: 'example.com' });
    });

    it('has tokens signed elsewhere', async () => {
      const { accessToken } = (await register()).body;
      const { keys } = (await call('GET', '/.well-known/jwks.json')).body;
      expect(keys).toMatchObject([{ kid: decodeProtectedHeader(accessToken).kid, x: (await parts()).key }]);
    });

    it('has API keys, with the scopes that they name, on the routes that say so', async () => {
      const { user } = (await register()).body;
      const headers = { 'x-api-key': (await call('POST', `/parts/keys/${user.id}`)).body };
      expect((await call('GET', '/reports', { headers })).body).toMatchObject({ of: user.id });
      expect((await call('GET', '/own', { headers })).status).toBe(401);
      const wrong = await call('GET', '/reports', { headers: { 'x-api-key': 'acme_x' } });
      expect(wrong).toMatchObject({ status: 401, body: { code: 'CREDENTIAL_INVALID' } });
    });

    it('has a gate that allows, denies and challenges', async () => {
      const { user } = (await register()).body;
      expect((await logIn(user.email)).status).toBe(200);
      const contractor = await register({ email: `c${last}@contractor.example` });
      expect(contractor).toMatchObject({
        status: 403,
        body: { code: 'LOGIN_DENIED', reason: 'OFFICE_ONLY' },
      });
      await call('POST', `/parts/authenticators/${user.id}`);
      const challenged = await logIn(user.email);
      expect(challenged).toMatchObject({ status: 401, body: { code: 'LOGIN_CHALLENGE_REQUIRED' } });
      const { challengeToken } = challenged.body;
      const complete = (answer: string) =>
        call('POST', '/api/auth/login/challenge', {
          body: { challengeToken, kind: 'totp', answer },
          from: address(),
        });
      expect((await complete('000000')).status).toBe(401);
      const { status, body } = await complete(codeNow());
      expect(status).toBe(200);
      expect((await call('GET', '/own', { token: body.accessToken })).status).toBe(200);
    });

    it('has mails sent by a service', async () => {
      const { email } = (await register()).body.user;
      await eventually(() => Promise.resolve(expect(mails.map(({ to: each }) => each)).toContain(email)));
    });

    it('has limits of its own', async () => {
      const { email } = (await register()).body.user;
      const [others, office] = [address(), '198.51.100.7'];
      const statuses = [await logIn(email, others), await logIn(email, others)];
      expect(statuses.map(({ status }) => status)).toEqual([200, 429]);
      expect([(await logIn(email, office)).status, (await logIn(email, office)).status]).toEqual([200, 200]);
    });

    it('has a guard with a step of its own', async () => {
      const { accessToken: token } = (await register()).body;
      const headers = { 'x-forwarded-access-token': token };
      expect((await call('GET', '/own')).status).toBe(401);
      expect((await call('GET', '/own', { headers })).status).toBe(200);
      expect((await call('GET', '/own/admin', { headers })).body.code).toBe('INSUFFICIENT_ROLE');
    });

    it('ships its audit log, and tells listeners, of which one that throws harms no request', async () => {
      const { user, accessToken: token } = (await register()).body;
      const events = ['user.registered', 'login.succeeded'];
      await eventually(async () => {
        const { audit, told, newsletter } = await parts();
        expect(audit).toEqual(expect.arrayContaining(events));
        expect(told).toEqual(expect.arrayContaining(events));
        expect(newsletter).toContain(user.email);
      });
      expect((await call('GET', '/own', { token })).status).toBe(200);
    });

    it('has no route of a flow that it leaves out', async () => {
      const { accessToken: token } = (await register()).body;
      expect((await call('POST', '/api/auth/email/change', { token, body: {} })).status).toBe(404);
      expect((await call('GET', '/api/auth/sessions', { token })).status).toBe(200);
    });
  });

  describe('with some routes, or none', () => {
    it('has those that it names, and defaults', async () => {
      const call = to('some');
      const body = { email: 'ada@example.com', password: PASSWORD, staffNumber: 's1234' };
      const registered = await call('POST', '/api/auth/register', { body });
      expect([registered.status, registered.body.expiresIn]).toEqual([201, 900]);
      const { accessToken: token, refreshToken } = registered.body;
      const answers = [
        await call('GET', '/api/profile', { token }),
        await call('POST', '/api/auth/refresh', { body: { refreshToken } }),
        await call('GET', '/.well-known/jwks.json'),
        await call('GET', '/api/admin', { token }),
        await call('GET', '/health/live'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404, 404]);
    });

    it('is spoken to by the client, which knows the types of its fields', async () => {
      const url = printed.urls[`${platform} some`] ?? '';
      const answered = await application.node('dist/package/throw-away/client.js', url);
      expect(JSON.parse(answered)).toEqual({ staffNumber: 'C1234', telephone: '+49 30 123456' });
    });

    it('has none, and guards its own', async () => {
      const call = to('none');
      const paths = ['/api/profile', '/api/auth/login', '/.well-known/jwks.json', '/health/live', '/own'];
      const answers = await Promise.all(paths.map((path) => call('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 401]);
    });
  });
});

describeWithPostgres('A throw-away application of the tarball, in a pool of its own,', () => {
  it.each(PLATFORMS)(
    'writes accounts in its transactions, and closes the pool itself, on %s',
    async (platform) => {
      const url = printed.urls[`${platform} handed-in`] ?? '';
      const register = (company: string, email: string) =>
        ask(url, 'POST', '/companies', { body: { company, email, password: PASSWORD } });
      expect((await register('Acme', 'ada@example.com')).status).toBe(201);
      // The name is taken already: no account either.
      expect((await register('Acme', 'grace@example.com')).status).toBe(500);
      expect((await ask(url, 'GET', '/pool')).body).toEqual([{ name: 'Acme', email: 'ada@example.com' }]);
      const body = { email: 'grace@example.com', password: PASSWORD };
      expect((await ask(url, 'POST', '/api/auth/register', { body })).status).toBe(201);
    },
  );
});

/** RFC 6238, of the secret that all authenticators share. */
function codeNow(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', '12345678901234567890').update(counter).digest();
  const code = (mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}
