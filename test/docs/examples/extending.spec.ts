import { createServer } from 'node:http';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  AccessTokenIssuer,
  type LatchkeyComposition,
  Outbox,
  Roles,
  SessionsService,
  TokensConfig,
  UsersRepository,
} from 'latchkey';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { createTestStore } from '../../support/test-store.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../../e2e/support/eventually.js';
import { expectProblem } from '../../e2e/support/problems.js';
import { withoutEmailChange } from './flow-left-out.js';
import { mailsBy } from './http-mailer.js';
import { Kms, keysIn } from './kms-signing-keys.js';
import { ourMails } from './mail-templates.js';
import { ourGuards } from './own-guards.js';
import { Newsletter } from './newsletter.js';
import { officeLimits } from './own-limits.js';
import { ourPolicy } from './password-policy.js';
import { scryptPasswords } from './scrypt-passwords.js';
import { ShopModule, Vault } from './one-import.js';
import { tenantClaims, TenantController } from './tenant-claims.js';
import { shippedAudit, Shipper } from './shipped-audit-sink.js';
import { Authenticators, totpFor } from './totp-gate.js';

class TestKms extends Kms {
  readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  publicKey(): Promise<string> {
    return Promise.resolve(this.pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  }

  sign(_name: string, input: Buffer): Promise<Uint8Array> {
    return Promise.resolve(sign('sha256', input, this.pair.privateKey));
  }
}

class MemoryAuthenticators extends Authenticators {
  readonly secrets = new Map<string, Buffer>();
  private readonly steps = new Map<string, number>();

  secretOf(user: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.secrets.get(user));
  }

  use(user: string, step: number): Promise<boolean> {
    const isNew = step > (this.steps.get(user) ?? 0);
    if (isNew) this.steps.set(user, step);
    return Promise.resolve(isNew);
  }
}

const SECRET = Buffer.from('12345678901234567890');

/** @param time milliseconds */
function codeAt(time: number): string {
  const counter = Buffer.from(
    Math.floor(time / 30_000)
      .toString(16)
      .padStart(16, '0'),
    'hex',
  );
  const mac = createHmac('sha1', SECRET).update(counter).digest('hex');
  const at = Number.parseInt(mac.slice(-1), 16) * 2;
  return String((Number.parseInt(mac.slice(at, at + 8), 16) % 2 ** 31) % 1_000_000).padStart(6, '0');
}

interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The HTTP API of a service that delivers mails. */
class MailService {
  readonly mails: SentMail[] = [];
  readonly server = createServer((request, response) => {
    void json(request).then((mail) => this.mails.push(mail as SentMail));
    response.end();
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async mailTo(address: string): Promise<SentMail> {
    return eventually(() => {
      const mail = this.mails.find(({ to }) => to === address);
      return mail ? Promise.resolve(mail) : Promise.reject(new Error(`There is no mail to ${address}`));
    });
  }
}

@Controller('ledger')
class LedgerController {
  @Get()
  @Roles('admin')
  read(): object {
    return {};
  }
}
@Module({ controllers: [LedgerController, TenantController], providers: [Newsletter] })
class LedgerModule {}

/** The examples together, in one application. */
function together(...examples: readonly LatchkeyComposition[]): LatchkeyComposition {
  return {
    ...withoutEmailChange,
    imports: [LedgerModule],
    providers: examples.flatMap(({ providers = [] }) => providers),
  };
}

describe('The examples of docs/extending.md', () => {
  const mails = new MailService();
  const kms = new TestKms();
  const authenticators = new MemoryAuthenticators();
  let server: TestApp;

  beforeAll(async () => {
    const composition = together(
      scryptPasswords,
      ourPolicy,
      ourGuards,
      officeLimits,
      tenantClaims,
      shippedAudit,
      keysIn(kms),
      totpFor(authenticators),
      ourMails,
      mailsBy(await mails.start()),
    );
    server = await startTestApp({
      ...composition,
      environment: { LOGIN_RATE_LIMIT: '1/1m', TRUST_PROXY: '1' },
    });
  });
  afterAll(async () => {
    await server.close();
    mails.server.close();
  });

  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const logIn = (email: string, password: string, address: string) =>
    server.api.post('/api/auth/login', { email, password }, from(address));

  it('scrypt-passwords.ts hashes passwords, and tells right ones from wrong ones', async () => {
    const { user } = (await server.api.register()).body;
    const stored = await server.app.get(UsersRepository).findById(user.id);
    expect(stored?.passwordHash).toMatch(/^\$scrypt\$[\w-]{22}\$[\w-]{43}$/);
    expect((await logIn(user.email, PASSWORD, '192.0.2.1')).status).toBe(200);
    expectProblem(await logIn(user.email, 'another password', '192.0.2.2'), 401, 'INVALID_CREDENTIALS');
    expectProblem(await logIn(uniqueEmail(), PASSWORD, '192.0.2.3'), 401, 'INVALID_CREDENTIALS');
  });

  it('flow-left-out.ts has no route for the change of an address', async () => {
    const { accessToken: token } = (await server.api.register()).body;
    const answer = await fetch(`${server.url}/api/auth/email/change`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(404);
  });

  it('password-policy.ts refuses words of the organisation and days, and what the default refuses', async () => {
    const reasonFor = async (password: string) =>
      (await server.api.register({ password })).body.errors?.[0]?.message;
    expect(await reasonFor('acme-roadrunner')).toMatch(/^is too close to/);
    expect(await reasonFor('purple monkey on Tuesday')).toBe('must name no day');
    expect(await reasonFor('qwertyuiop')).toBe('is one of the most common passwords');
  });

  it('own-guards.ts takes tokens from the header of a gateway, and owners for administrators', async () => {
    const { accessToken: member } = (await server.api.register()).body;
    const session = await server.app.get(SessionsService).find(decodeJwt(member)['sid'] as string);
    const grant = { roles: ['owner'], scopes: [] };
    const owner = session && (await server.app.get(AccessTokenIssuer).issue(session, grant));
    const readLedger = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/ledger`, { headers })).status;
    expect(await readLedger({})).toBe(401);
    expect(await readLedger({ 'x-forwarded-access-token': member })).toBe(403);
    expect(await readLedger({ 'x-forwarded-access-token': owner?.accessToken ?? '' })).toBe(200);
    expect(await readLedger({ authorization: `Bearer ${owner?.accessToken}` })).toBe(200);
  });

  it('own-limits.ts lets an office log in ten times as often', async () => {
    const { email } = (await server.api.register()).body.user;
    const statuses = async (address: string) => {
      const answers = [];
      for (let n = 0; n < 3; n += 1) answers.push((await logIn(email, PASSWORD, address)).status);
      return answers;
    };
    expect(await statuses('203.0.113.1')).toEqual([200, 429, 429]);
    expect(await statuses('198.51.100.7')).toEqual([200, 200, 200]);
  });

  it('shipped-audit-sink.ts ships what is committed, and keeps the table', async () => {
    const { user, accessToken: token } = (await server.api.register()).body;
    const shipped = server.app.get(Shipper, { strict: false }).queue;
    const ofUser = shipped.filter(({ subject }) => subject === user.id).map(({ type }) => type);
    expect(ofUser).toEqual(['user.registered', 'login.succeeded']);
    const page = await server.api.get<{ events: object[] }>('/api/profile/audit', { token });
    expect(page.body.events).toHaveLength(ofUser.length);
  });

  it('newsletter.ts has the addresses of those who have an account', async () => {
    const { recipients } = server.app.get(Newsletter, { strict: false });
    const { user, accessToken: token } = (await server.api.register()).body;
    await eventually(() => Promise.resolve(expect(recipients.get(user.id)).toBe(user.email)));
    await server.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
    await eventually(() => Promise.resolve(expect(recipients.has(user.id)).toBe(false)));
  });

  it('tenant-claims.ts tells routes the tenant of a caller whose address is proved', async () => {
    const { user, accessToken, refreshToken } = (await server.api.register()).body;
    const tenantOf = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${server.url}/tenant`, { headers })).json();
    };
    expect(await tenantOf(accessToken)).toEqual({ tenant: null });
    await server.app.get(UsersRepository).verifyEmail(user.id, user.email);
    const { body } = await server.api.post<{ accessToken: string }>('/api/auth/refresh', { refreshToken });
    expect(await tenantOf(body.accessToken)).toEqual({ tenant: 'example.com' });
  });

  it('kms-signing-keys.ts has tokens signed elsewhere', async () => {
    const { accessToken } = (await server.api.register()).body;
    const { kid } = decodeProtectedHeader(accessToken);
    const jwks = await server.api.get<{ keys: { kid: string; x: string }[] }>('/.well-known/jwks.json');
    const { x } = kms.pair.publicKey.export({ format: 'jwk' });
    expect(jwks.body.keys).toMatchObject([{ kid, x }]);
  });

  it('totp-gate.ts asks for a code of the authenticator app, which is good once, and keeps contractors out', async () => {
    const { user } = (await server.api.register()).body;
    expect((await logIn(user.email, PASSWORD, '192.0.2.11')).status).toBe(200);
    authenticators.secrets.set(user.id, SECRET);
    const complete = async (answer: string, address: string) => {
      const { body } = await logIn(user.email, PASSWORD, address);
      expect(body).toMatchObject({ code: 'LOGIN_CHALLENGE_REQUIRED', challenges: [{ kind: 'totp' }] });
      const { challengeToken } = body as unknown as { challengeToken: string };
      const sent = { challengeToken, kind: 'totp', answer };
      return (await server.api.post('/api/auth/login/challenge', sent, from(address))).status;
    };
    // RFC 6238, appendix B: the last six digits of it.
    expect(codeAt(59_000)).toBe('287082');
    const code = codeAt(server.clock.now());
    expect(await complete(code, '192.0.2.12')).toBe(200);
    expect(await complete(code, '192.0.2.13')).toBe(401);
    const contractor = (await server.api.register({ email: `${user.id}@Contractor.Example` })).body;
    expect(contractor).toMatchObject({ code: 'LOGIN_DENIED', reason: 'OFFICE_ONLY' });
  });

  it('mail-templates.ts speaks French and has its own invitation, sent by http-mailer.ts', async () => {
    const outbox = server.app.get(Outbox);
    const data = { name: 'Ada', link: 'https://example.com/join#token=1', expiresIn: 60_000 };
    const invite = async (language: string) => {
      const to = uniqueEmail();
      await outbox.enqueue({ to, template: 'invitation', language, data });
      return mails.mailTo(to);
    };
    expect((await invite('fr')).text).toMatch(/^Bonjour Ada,/);
    expect((await invite('en')).subject).toBe('Join us at Latchkey');
  });

  it('one-import.ts takes its settings from a vault, and has the routes that it wants', async () => {
    const store = await createTestStore({});
    const secrets: Record<string, string | undefined> = {
      ID_SECRET: store.environment['APP_SECRET'],
      ID_DATABASE: store.environment['DATABASE_URL'],
    };
    const read = jest.spyOn(Vault.prototype, 'read');
    read.mockImplementation((name) => Promise.resolve(secrets[name]));
    const app = await NestFactory.create(ShopModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const statusOf = async (path: string) => (await fetch(`${await app.getUrl()}${path}`)).status;
    expect(await statusOf('/api/profile')).toBe(401);
    expect(await statusOf('/api/admin')).toBe(404);
    expect(app.get(TokensConfig)).toMatchObject({
      issuer: 'https://id.example.com',
      accessTokenTtl: 300_000,
    });
    await app.close();
    await store.remove();
  });
});
