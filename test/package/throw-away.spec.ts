import { createHash, createHmac, randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { eventually } from '../e2e/support/eventually.js';
import {
  describeWithPostgres,
  describeWithSlapd,
  postgres,
  slapd,
  type TestDatabase,
} from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { startSlapd } from '../support/services/start-slapd.js';
import { readOutbox } from '../support/read-outbox.js';
import { createTestStore, type TestStore } from '../support/test-store.js';
import { TokensConfig } from '../../src/config/config.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';

const PASSWORD = 'correct horse battery staple';
const TENANT = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
/** Those with a database each. */
const NAMES = ['shop', 'table', 'replaced', 'some', 'none', 'handed-in'] as const;
const PLATFORMS = ['Express', 'Fastify'] as const;
const EXAMPLES =
  /\/(staff-fields|staff-table|sqlite-users|sqlite-users-application|sqlite-sessions|directory|tenant-claims|scrypt-passwords|password-policy|own-guards|own-limits|own-sessions|shipped-audit-sink|kms-signing-keys|totp-gate|http-mailer|flow-left-out|newsletter|api-keys|company-registration|invoices-service|heard-revocations)\.ts$/;
/** Of flows that an application leaves out. */
const LEFT_OUT = /^(PasswordReset|EmailVerification|EmailChange|LoginChallengeController|Admin)/;
/** Tables in which flows write that it leaves out. */
const OF_FLOWS = ['one_time_tokens', 'identity_links', 'mail_outbox'];
const SUFFIX = 'dc=acme,dc=example';
const DIRECTORY_PASSWORD = 'a word of the directory';
const CERTIFICATE = selfSignedCertificate();
const PEOPLE = ['operator', 'person'];
/** What the directory holds: two people, of whom one is in a group that has a role, and the decoy. */
const ENTRIES = [
  ...['people', 'groups'].map(
    (unit) => `dn: ou=${unit},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${unit}`,
  ),
  ...[...PEOPLE, 'decoy'].map((name) =>
    [
      `dn: cn=${name},ou=people,${SUFFIX}`,
      `objectClass: inetOrgPerson\ncn: ${name}\nsn: ${name}`,
      `mail: ${name}@acme.example\nuserPassword: ${name === 'decoy' ? 'known to no one' : DIRECTORY_PASSWORD}`,
    ].join('\n'),
  ),
  `dn: cn=operators,ou=groups,${SUFFIX}\nobjectClass: groupOfNames\ncn: operators\nmember: cn=operator,ou=people,${SUFFIX}`,
].join('\n\n');

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
let directory: Awaited<ReturnType<typeof startSlapd>> | undefined;
let printed: Printed;
const stores: TestStore[] = [];
const databases: TestDatabase[] = [];

beforeAll(async () => {
  mailService.listen(0, '127.0.0.1');
  const own = ['@nestjs/platform-fastify@12', 'ldapts@8', 'libsql@0.5', '@types/pg@8', '@types/node@20'];
  const [made, running] = await Promise.all([
    PackedApplication.create(...own),
    slapd && startSlapd(slapd.path, SUFFIX, `${ENTRIES}\n`, CERTIFICATE),
    once(mailService, 'listening'),
  ]);
  application = made;
  directory = running;
  cpSync('test/package/throw-away', `${application.path}/package/throw-away`, { recursive: true });
  cpSync('test/docs/examples', `${application.path}/docs/examples`, {
    recursive: true,
    filter: (path) => !path.endsWith('.ts') || EXAMPLES.test(path),
  });
  await application.compile('package', 'docs');
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
    ...(directory && { DIRECTORY: JSON.stringify(directoryOptions(directory)) }),
  });
  printed = JSON.parse(served.printed.split('\n')[0] ?? '') as Printed;
}, 300_000);

afterAll(async () => {
  await served?.stop();
  await directory?.stop();
  mailService.close();
  application?.remove();
  await Promise.all(stores.map((store) => store.remove()));
  for (const database of databases) await database.drop();
});

function directoryOptions({ url, reader }: Awaited<ReturnType<typeof startSlapd>>) {
  const bases = { people: `ou=people,${SUFFIX}`, groups: `ou=groups,${SUFFIX}` };
  // For addresses that it does not hold.
  return { url, reader, ca: CERTIFICATE.cert, decoy: `cn=decoy,ou=people,${SUFFIX}`, ...bases };
}

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
    (name: (typeof NAMES)[number] | 'stores') =>
    (method: string, path: string, question?: Question): Promise<Answer> =>
      ask(printed.urls[`${platform} ${name}`] ?? '', method, path, question);

  /** @returns the access token of the first administrator, who has changed the password that was printed */
  async function administrator(name: 'shop' | 'table'): Promise<string> {
    const call = to(name);
    const { email, password } = printed.administrators[`${platform} ${name}`] ?? { email: '', password: '' };
    const first = await call('POST', '/shop/id/auth/login', { body: { email, password } });
    await call('POST', '/shop/id/auth/password/change', {
      token: first.body.accessToken,
      body: { currentPassword: password, newPassword: PASSWORD },
    });
    const login = await call('POST', '/shop/id/auth/login', { body: { email, password: PASSWORD } });
    return login.body.accessToken;
  }

  describe('with all routes, below a global prefix and one of their own, and versions', () => {
    const call = to('shop');

    it('has them there, without a version', async () => {
      const paths = ['/api/profile', '/shop/v1/id/profile', '/shop/id/profile'];
      const answers = await Promise.all(paths.map((path) => call('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 401]);
    });

    it('has well-known addresses where the issuer says', async () => {
      const metadata = await call('GET', '/.well-known/oauth-authorization-server');
      expect(metadata.body).toMatchObject({ issuer: 'https://id.example.com' });
      expect((await call('GET', '/.well-known/jwks.json')).body.keys).toHaveLength(1);
      expect((await call('GET', '/shop/.well-known/jwks.json')).status).toBe(404);
    });

    it('guards its own routes, and some by a role', async () => {
      const body = { email: 'role@example.com', password: PASSWORD, staffNumber: 'r1000' };
      const { accessToken: token } = (await call('POST', '/shop/id/auth/register', { body })).body;
      const answers = [
        await call('GET', '/shop/v1/own'),
        await call('GET', '/shop/v1/own', { token }),
        await call('GET', '/shop/v1/own/admin', { token }),
        await call('GET', '/shop/v1/own/admin', { token: await administrator('shop') }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 200, 403, 200]);
    });

    it('reads the environment where it calls loadConfig', async () => {
      const body = { email: 'env@example.com', password: PASSWORD, staffNumber: 'e1000' };
      expect((await call('POST', '/shop/id/auth/register', { body })).body.expiresIn).toBe(3600);
    });
  });

  describe.each([
    ['in attributes', 'shop'],
    ['in the columns of a table of its own', 'table'],
  ] as const)('with a telephone number, a tenant and a staff number, kept %s,', (_, name) => {
    const call = to(name);
    const index = PLATFORMS.indexOf(platform) * NAMES.length + NAMES.indexOf(name);
    let admin: string;
    /** With an access token that says the tenant. */
    let grace: { id: string; token: string };

    const register = (fields: object) =>
      call('POST', '/shop/id/auth/register', { body: { password: PASSWORD, ...fields } });
    const foundBy = async (field: string, value: string): Promise<string[]> => {
      const path = `/shop/id/admin/users?field=${field}&value=${value}`;
      const { users } = (await call('GET', path, { token: admin })).body;
      return users.map(({ email }: { email: string }) => email);
    };

    beforeAll(async () => {
      admin = await administrator(name);
      const { body } = await register({ email: 'grace@example.com', staffNumber: 'g1234' });
      const { id } = body.user;
      const change = { token: admin, body: { tenantId: TENANT } };
      await call('PATCH', `/shop/id/admin/users/${id}/fields`, change);
      const refreshed = await call('POST', '/shop/id/auth/refresh', {
        body: { refreshToken: body.refreshToken },
      });
      grace = { id, token: refreshed.body.accessToken };
    });

    it('takes them at registration, of whom they may be taken, and no two staff numbers alike', async () => {
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
    });

    it('has them there, and nowhere else', async () => {
      const { body } = await call('GET', `/shop/v1/inside/attributes/${grace.id}`);
      expect(body).toEqual(expect.arrayContaining(name === 'shop' ? ['staffNumber', 'tenantId'] : []));
      expect(body.length > 0).toBe(name === 'shop');
    });

    it('has them in an invitation, and in its acceptance', async () => {
      const email = 'invited@example.com';
      const body = { email, staffNumber: 'i1234', tenantId: TENANT };
      expect((await call('POST', '/shop/id/admin/invitations', { token: admin, body })).status).toBe(202);
      const [mail] = await readOutbox(stores[index]?.dataDir ?? '', { to: email, atLeast: 1 });
      const accepted = await call('POST', '/shop/id/auth/invitation/accept', {
        body: { token: mail?.token, password: PASSWORD, telephone: '+49 30 654321' },
      });
      expect(accepted.body.user).toMatchObject({
        staffNumber: 'I1234',
        tenantId: TENANT,
        telephone: '+49 30 654321',
      });
    });

    it('has them in the profile, where the user writes those that are theirs', async () => {
      const { token } = grace;
      const body = { telephone: '+1 202 555 0100' };
      const patched = await call('PATCH', '/shop/id/profile', { token, body });
      expect(patched.body).toMatchObject({ staffNumber: 'G1234', ...body });
      expect((await call('GET', '/shop/id/profile', { token })).body).toMatchObject(body);
      const refused = await call('PATCH', '/shop/id/profile', { token, body: { tenantId: TENANT } });
      expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    });

    it('has administrators read, write and find by them', async () => {
      const path = `/shop/id/admin/users/${grace.id}/fields`;
      const found = await call('GET', path, { token: admin });
      expect(found.body).toMatchObject({ staffNumber: 'G1234', tenantId: TENANT });
      expect(await foundBy('tenantId', TENANT)).toContain('grace@example.com');
      expect(await foundBy('staffNumber', 'G1234')).toEqual(['grace@example.com']);
      expect(await foundBy('tenantId', TENANT.replace('0', '1'))).toEqual([]);
    });

    it('has those in access tokens that are to be, where its own routes read them', async () => {
      expect(decodeJwt(grace.token)).toMatchObject({ tenantId: TENANT });
      expect(decodeJwt(grace.token)).not.toHaveProperty('staffNumber');
      expect((await call('GET', '/shop/v1/rooms', { token: grace.token })).body).toEqual([{ of: TENANT }]);
    });

    it('has them in the export of the user’s data', async () => {
      const { body } = await call('GET', '/shop/id/profile/export', { token: grace.token });
      expect(JSON.stringify(body)).toContain(TENANT);
      expect(JSON.stringify(body)).toContain('G1234');
    });

    it('has in the audit log which of them were changed', async () => {
      const path = `/shop/id/admin/audit?subject=${grace.id}`;
      const { events } = (await call('GET', path, { token: admin })).body;
      const changes = events.filter(({ type }: { type: string }) => type === 'user.fields_changed');
      expect(JSON.stringify(changes)).toContain('tenantId');
      // Which, and not what they are.
      expect(JSON.stringify(changes)).not.toContain(TENANT);
    });

    it('has them in its OpenAPI document', async () => {
      const { paths, components } = (await call('GET', '/shop/v1/own/document')).body;
      expect(paths).toHaveProperty(['/shop/id/auth/register']);
      for (const field of ['staffNumber', 'telephone', 'tenantId'])
        expect(JSON.stringify(components.schemas)).toContain(field);
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

    it('keeps users in SQLite, and hashes their passwords in its own way', async () => {
      const { email } = (await register()).body.user;
      expect((await call('GET', `/parts/hashes/${email}`)).body).toBe('scrypt in SqliteUsers');
      expect((await logIn(email)).status).toBe(200);
      expect((await logIn(email, address(), 'wrong')).body.code).toBe('INVALID_CREDENTIALS');
      expect((await call('GET', '/inside/tables')).body).not.toContain('users');
    });

    it('has rules about passwords', async () => {
      const { body } = await register({ password: 'purple monkey on Tuesday' });
      expect(body).toMatchObject({ code: 'PASSWORD_REJECTED', errors: [{ message: 'must name no day' }] });
    });

    it('has claims of its own', async () => {
      const email = `claims-on-${platform}@example.com`;
      const { refreshToken, accessToken: first } = (await register({ email })).body;
      expect((await call('GET', '/tenant', { token: first })).body).toEqual({ tenant: null });
      const mail = await eventually(() => {
        const found = mails.find(({ to: each, text }) => each === email && text.includes('#token='));
        if (!found) throw new Error('There is no link yet.');
        return found;
      });
      const [, oneTimeToken] = /#token=([\w-]+)/.exec(mail.text) ?? [];
      await call('POST', '/api/auth/email/verify', { token: first, body: { token: oneTimeToken } });
      const { accessToken: token } = (await call('POST', '/api/auth/refresh', { body: { refreshToken } }))
        .body;
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

    describeWithSlapd('beside a directory', () => {
      it('has its people log in, with their roles', async () => {
        const [operator, person] = PEOPLE.map((each) => `${each}@acme.example`);
        const wrong = await logIn(String(person), address(), 'wrong');
        expect(wrong).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
        const first = await logIn(String(person), address(), DIRECTORY_PASSWORD);
        const again = await logIn(String(person), address(), DIRECTORY_PASSWORD);
        expect([first.status, again.body.user]).toEqual([200, first.body.user]);
        expect((await call('GET', '/own/admin', { token: first.body.accessToken })).status).toBe(403);
        const { accessToken: token } = (await logIn(String(operator), address(), DIRECTORY_PASSWORD)).body;
        expect((await call('GET', '/own/admin', { token })).status).toBe(200);
      });
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
  });

  describe('with sessions, revocations, counts, limits, mails and fields in stores of its own', () => {
    const call = to('stores');
    let last = 0;
    /** Each from an address of its own. */
    const register = async (fields: object = {}) => {
      last += 1;
      const body = {
        email: `u${last}@example.com`,
        password: PASSWORD,
        staffNumber: `s${1000 + last}`,
        ...fields,
      };
      return call('POST', '/api/auth/register', { body, from: `203.0.113.${last}` });
    };
    const refresh = (refreshToken: string) => call('POST', '/api/auth/refresh', { body: { refreshToken } });
    const codeOf = async (token: string) => (await call('GET', '/api/profile', { token })).body.code;
    const done = async () => (await call('GET', '/stores')).body;

    it('ends a session whose refresh token is used again, and its access tokens', async () => {
      const { refreshToken, accessToken } = (await register()).body;
      const { body } = await refresh(refreshToken);
      expect([await codeOf(accessToken), await codeOf(body.accessToken)]).toEqual([undefined, undefined]);
      const again = await refresh(refreshToken);
      expect(again).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_REUSED' } });
      expect(await codeOf(body.accessToken)).toBe('TOKEN_REVOKED');
      expect((await refresh(body.refreshToken)).body.code).toBe('SESSION_ENDED');
      expect(await done()).toMatchObject({ 'session rotated': expect.any(Number), 'revoked session': 1 });
    });

    it('ends a session at a logout, and its access tokens', async () => {
      const { accessToken: token } = (await register()).body;
      expect((await call('POST', '/api/auth/logout', { token })).status).toBe(204);
      expect(await codeOf(token)).toBe('TOKEN_REVOKED');
      expect(await done()).toMatchObject({ 'session ended as logout': 1, 'session created': 2 });
    });

    it('counts wrong passwords, and requests', async () => {
      const { email } = (await register()).body.user;
      const logIn = () => call('POST', '/api/auth/login', { body: { email, password: 'wrong' } });
      const codes = [];
      for (let times = 0; times < 4; times += 1) codes.push((await logIn()).body.code);
      expect(codes).toEqual([...Array<string>(3).fill('INVALID_CREDENTIALS'), 'ACCOUNT_THROTTLED']);
      expect((await done())['password counted']).toBeGreaterThanOrEqual(4);

      const from = '198.51.100.1';
      const statuses = [];
      for (let times = 0; times < 3; times += 1)
        statuses.push((await call('POST', '/api/auth/register', { body: {}, from })).status);
      expect(statuses).toEqual([400, 400, 429]);
    });

    it('has fields, and words for mails', async () => {
      const { status, body } = await register({ staffNumber: 'x1234', telephone: '+49 30 123456' });
      expect([status, body.user]).toEqual([201, expect.objectContaining({ staffNumber: 'X1234' })]);
      const profile = await call('GET', '/api/profile', { token: body.accessToken });
      expect(profile.body).toMatchObject({ staffNumber: 'X1234', telephone: '+49 30 123456' });
      expect((await register({ staffNumber: 'x1234' })).body.code).toBe('FIELD_TAKEN');
      await eventually(async () =>
        expect((await call('GET', '/stores/mails')).body).toContain('Acme: email-verification'),
      );
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

    it('has no route, provider or row of a flow that it leaves out', async () => {
      const call = to('some');
      const body = { email: 'left-out@example.com', password: PASSWORD, staffNumber: 'l1234' };
      const { accessToken: token } = (await call('POST', '/api/auth/register', { body })).body;
      const forgotten = await call('POST', '/api/auth/password/forgot', { body: { email: body.email } });
      const changed = await call('POST', '/api/auth/email/change', { token, body: {} });
      expect([forgotten.status, changed.status]).toEqual([404, 404]);
      const all = to('shop');
      await all('POST', '/shop/id/auth/register', { body: { ...body, staffNumber: 'l4321' } });
      const [parts, partsOfAll, tables, tablesOfAll] = await Promise.all([
        call('GET', '/inside/parts'),
        all('GET', '/shop/v1/inside/parts'),
        call('GET', '/inside/tables'),
        all('GET', '/shop/v1/inside/tables'),
      ]);
      const left = (names: string[]) => names.filter((each) => LEFT_OUT.test(each));
      expect(left(partsOfAll.body).length).toBeGreaterThan(5);
      expect(left(parts.body)).toEqual([]);
      expect(tablesOfAll.body).toContain('one_time_tokens');
      expect(tables.body.filter((name: string) => OF_FLOWS.includes(name))).toEqual([]);
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
      const tables: string[] = (await call('GET', '/inside/tables')).body;
      expect(
        tables.filter((name) => [...OF_FLOWS, 'known_devices', 'users', 'sessions'].includes(name)),
      ).toEqual([]);
    });
  });
});

describe.each(PLATFORMS)(
  'A throw-away application of the tarball, with transactions of its own, on %s,',
  (platform) => {
    const call = (method: string, path: string, body?: object) =>
      ask(printed.urls[`${platform} handed-in`] ?? '', method, path, body && { body });
    /** How many registrations listeners have heard of. */
    const heard = async (): Promise<number> => {
      const told: string[] = (await call('GET', '/companies/told')).body;
      return told.filter((type) => type === 'user.registered').length;
    };
    const untilHeard = (times: number) => eventually(async () => expect(await heard()).toBe(times));
    const account = (company: string, name: string) => ({
      company,
      email: `${name}@example.com`,
      password: PASSWORD,
    });

    beforeAll(async () => {
      await call('POST', '/companies/table');
    });

    it('writes an account and a row of its own, or neither, and listeners hear of what was committed', async () => {
      expect((await call('POST', '/companies', account('Acme', 'ada'))).status).toBe(201);
      const refused = await call('POST', '/companies', account('Acme', 'grace'));
      expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
      const { body } = await call('GET', '/companies');
      expect(body).toEqual([{ name: 'Acme', email: 'ada@example.com' }]);
      // Nothing of it is left.
      const { company: _, ...grace } = account('Acme', 'grace');
      expect((await call('POST', '/api/auth/register', grace)).status).toBe(201);
      await untilHeard(2);
    });

    describeWithPostgres('in a pool of its own', () => {
      it('does so in a transaction that it has begun itself', async () => {
        const refused = await call('POST', '/joined', account('Acme', 'eve'));
        expect([refused.status, await heard()]).toEqual([409, 2]);
        expect((await call('POST', '/joined', account('Roadrunner', 'eve'))).status).toBe(201);
        await untilHeard(3);
        const { body } = await call('GET', '/companies');
        expect(body).toContainEqual({ name: 'Roadrunner', email: 'eve@example.com' });
      });

      it('has Latchkey in a schema of its own, and a shutdown leave the pool open', async () => {
        // An application was closed before, that had the same pool.
        expect((await call('GET', '/inside/tables')).body).toContain('users');
        expect((await call('GET', '/companies')).status).toBe(200);
      });
    });
  },
);

describe('Services of the tarball that take the tokens of a server', () => {
  let server: TestApp;
  let services: ServedApplication;
  let urls: Record<string, string>;
  let isUp = true;

  beforeAll(async () => {
    const feedToken = randomBytes(32).toString('hex');
    const hash = createHash('sha256').update(feedToken).digest('hex');
    server = await startTestApp({ environment: { REVOCATION_FEED_SERVICES: `invoices=${hash}` } });
    const { issuer, audience } = server.app.get(TokensConfig);
    services = await ServedApplication.start(application, 'dist/package/throw-away/services.js', {
      ISSUER: issuer,
      AUDIENCE: audience,
      FEED_TOKEN: feedToken,
    });
    urls = JSON.parse(services.printed.split('\n')[0] ?? '') as Record<string, string>;
  }, 60_000);
  afterAll(async () => {
    await services?.stop();
    if (isUp) await server?.close();
  });

  const call = (name: string, path: string, token?: string) =>
    ask(urls[name] ?? '', 'GET', path, token === undefined ? {} : { token });

  it.each(PLATFORMS)('know on %s who calls, and hear of a logout where they listen', async (platform) => {
    const { user, accessToken: token } = (await server.api.register()).body;
    const [alone, hearing] = [`${platform} alone`, `${platform} hearing`];
    for (const name of [alone, hearing]) {
      expect(await call(name, '/invoices', token)).toEqual({ status: 200, body: { of: user.id } });
      expect(await call(name, '/invoices')).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
      expect(await call(name, '/invoices/all', token)).toMatchObject({ status: 403 });
    }
    await server.api.post('/api/auth/logout', undefined, { token });
    await eventually(async () =>
      expect(await call(hearing, '/invoices', token)).toMatchObject({
        status: 401,
        body: { code: 'TOKEN_REVOKED' },
      }),
    );
    expect((await call(alone, '/invoices', token)).status).toBe(200);
  });

  // Ends the server, so it comes last.
  it('go on without it', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    isUp = false;
    await server.close();
    for (const platform of PLATFORMS)
      expect((await call(`${platform} alone`, '/invoices', token)).status).toBe(200);
  });
});

describe('The suite of latchkey/testing, in a throw-away application,', () => {
  it('is passed by users and by sessions in SQLite', async () => {
    const file = 'dist/package/throw-away/sqlite-stores.test.js';
    const { code, output } = await application.run(['--test', '--test-reporter=tap', file]);
    expect([code, output]).toEqual([0, expect.stringMatching(/# pass [1-9]\d+\n# fail 0/)]);
  });
});

/** RFC 6238, of the secret that all authenticators share. */
function codeNow(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', '12345678901234567890').update(counter).digest();
  const code = (mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}
