import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import {
  AcceptsCredentials,
  type CredentialRequest,
  CredentialStrategies,
  CredentialStrategy,
  CurrentUser,
  type Principal,
  Public,
  type RequestDecision,
  Roles,
  Scopes,
  UsersRepository,
  UsersService,
} from 'latchkey';
import { expectProblem } from '../../e2e/support/problems.js';
import { fetchDocument } from '../../e2e/support/openapi-document.js';
import type { Problem, SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { ApiKeys, apiKeys, ApiKeyTable, ReportsModule } from './api-keys.js';

/** Says what the request asks it to say. */
@Injectable()
class Scripted extends CredentialStrategy {
  readonly name = 'scripted';

  override identify({ request }: CredentialRequest): RequestDecision {
    const said = request.headers['x-scripted'];
    if (typeof said !== 'string') return { outcome: 'not-mine' };
    if (said === 'fails') throw new Error('connect ECONNREFUSED');
    return JSON.parse(said, (key, value: unknown) =>
      key === 'expiresAt' ? new Date(String(value)) : value,
    ) as RequestDecision;
  }
}

@Controller('machines')
@AcceptsCredentials()
class MachinesController {
  @Get()
  caller(@CurrentUser() caller: Principal): object {
    return { ...caller, frozen: Object.isFrozen(caller) && Object.isFrozen(caller.claims) };
  }

  @Get('users')
  @Scopes('users:read')
  users(): object {
    return {};
  }

  @Get('staff')
  @Roles('user')
  staff(): object {
    return {};
  }

  @Get('keys-only')
  @AcceptsCredentials('api-key')
  keysOnly(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    return {};
  }

  @Post()
  change(): object {
    return {};
  }
}

@Controller('closed')
class ClosedController {
  @Get()
  closed(): object {
    return {};
  }
}

@Module({ imports: [ReportsModule], controllers: [MachinesController, ClosedController] })
class RoutesModule {}

let server: TestApp;
let keys: ApiKeyTable;
let user: SignedIn;
let addresses = 0;

beforeAll(async () => {
  server = await startTestApp({
    environment: { CREDENTIAL_RATE_LIMIT: '3/1m', TRUST_PROXY: '127.0.0.1' },
    imports: [RoutesModule, ...(apiKeys.imports ?? [])],
    providers: [
      ...(apiKeys.providers ?? []),
      ApiKeys,
      Scripted,
      {
        provide: CredentialStrategy,
        inject: [ApiKeys, Scripted],
        useFactory: (...all: CredentialStrategy[]) => new CredentialStrategies(all),
      },
    ],
  });
  keys = server.app.get(ApiKeyTable, { strict: false });
  user = (await server.api.register()).body;
});
afterAll(() => server.close());

/** From an address of its own, unless the headers say another. */
async function ask(path: string, headers: Record<string, string>, method = 'GET') {
  addresses += 1;
  const from = { 'x-forwarded-for': `192.0.2.${addresses}` };
  const response = await fetch(server.url + path, { method, headers: { ...from, ...headers } });
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Problem & Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

const scripted = (caller: object) => ({ 'x-scripted': JSON.stringify({ outcome: 'accept', caller }) });

describe('An API key of the example', () => {
  it('is issued by a controller that has the same table, to who shows an access token', async () => {
    const authorization = `Bearer ${user.accessToken}`;
    const { status, body } = await ask('/keys', { authorization }, 'POST');
    expect(status).toBe(201);
    const headers = { 'x-api-key': String(body['key']) };
    expect((await ask('/reports', headers)).body).toMatchObject({ of: user.user.id });
    expect((await ask('/keys', headers, 'POST')).status).toBe(401);
  });

  it('makes its user the caller where the route takes it, with no more scopes than the key has', async () => {
    const key = keys.issue(user.user.id, ['profile:read', 'users:read']);
    const { status, body } = await ask('/reports', { 'x-api-key': key });
    expect([status, body]).toEqual([200, { of: user.user.id, byKey: expect.any(String) }]);
    const { body: caller } = await ask('/machines', { 'x-api-key': key });
    expect(caller).toMatchObject({
      roles: [],
      scopes: ['profile:read'],
      isClient: false,
      sessionId: '',
      credential: 'api-key',
    });
    expectProblem(await ask('/machines/users', { 'x-api-key': key }), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await ask('/machines/staff', { 'x-api-key': key }), 403, 'INSUFFICIENT_ROLE');
    expectProblem(
      await ask('/reports', { 'x-api-key': keys.issue(user.user.id, []) }),
      403,
      'INSUFFICIENT_SCOPE',
    );
  });

  it('of a user who must change the password first is refused, whatever it is narrowed to', async () => {
    const other = (await server.api.register()).body;
    const found = await server.app.get(UsersRepository).findById(other.user.id);
    if (!found) throw new Error('no user');
    const pending = { ...found, passwordChangeRequired: true };
    await server.app.get(UsersService).upgradePasswordHash(pending, found.passwordHash);
    for (const scopes of [['profile:read'], []]) {
      const key = { 'x-api-key': keys.issue(other.user.id, scopes) };
      for (const path of ['/reports', '/machines'])
        expectProblem(await ask(path, key), 403, 'INSUFFICIENT_SCOPE');
    }
  });

  it('is of no use where the route does not say so, Latchkey’s own included', async () => {
    const key = { 'x-api-key': keys.issue(user.user.id, ['profile:read']) };
    for (const path of ['/closed', '/api/profile', '/api/auth/verify'])
      expectProblem(await ask(path, key), 401, 'TOKEN_MISSING');
  });

  it('that is wrong, withdrawn, or of a user who is disabled or gone is refused with a challenge', async () => {
    const other = (await server.api.register()).body;
    const withdrawn = keys.issue(user.user.id, ['profile:read']);
    keys.withdraw(withdrawn);
    const disabled = keys.issue(other.user.id, ['profile:read']);
    const users = server.app.get(UsersRepository);
    await users.setDisabled(other.user.id, true);
    const gone = keys.issue('0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10', ['profile:read']);
    for (const key of ['acme_guessed', '', withdrawn, disabled, gone]) {
      const answer = await ask('/reports', { 'x-api-key': key });
      expectProblem(answer, 401, 'CREDENTIAL_INVALID');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
      if (key !== '') expect(JSON.stringify(answer.body)).not.toContain(key);
    }
    await users.setDisabled(other.user.id, false);
    expect((await ask('/reports', { 'x-api-key': disabled })).status).toBe(200);
  });

  it('neither rescues a bad access token nor stands in for a good one', async () => {
    const key = { 'x-api-key': keys.issue(user.user.id, ['profile:read']) };
    expectProblem(await ask('/reports', { ...key, authorization: 'Bearer bad' }), 401, 'TOKEN_INVALID');
    const token = { authorization: `Bearer ${user.accessToken}` };
    const { body } = await ask('/machines', { 'x-api-key': 'acme_guessed', ...token });
    expect(body).toMatchObject({ subject: user.user.id, roles: ['user'] });
    expect(body).not.toHaveProperty('credential');
  });

  it('is shown in the OpenAPI document, on the routes that name it', async () => {
    const { components, paths } = await fetchDocument(server.url);
    expect(components.securitySchemes).toMatchObject({
      'api-key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
    expect(paths['/reports']?.['get']?.security).toEqual([{ 'api-key': [] }]);
  });

  it('is no longer looked at once too many from its address were wrong, until the minute is over', async () => {
    const from = { 'x-forwarded-for': '198.51.100.7' };
    const right = { ...from, 'x-api-key': keys.issue(user.user.id, ['profile:read']) };
    for (let time = 0; time < 10; time += 1) {
      expect((await ask('/reports', right)).status).toBe(200);
    }
    const codes: string[] = [];
    for (let time = 0; time < 4; time += 1) {
      codes.push((await ask('/reports', { ...from, 'x-api-key': 'acme_guessed' })).body.code);
    }
    expect(codes).toEqual([...Array<string>(3).fill('CREDENTIAL_INVALID'), 'RATE_LIMITED']);
    const refused = await ask('/reports', right);
    expectProblem(refused, 429, 'RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/reports', { 'x-api-key': right['x-api-key'] })).status).toBe(200);
    server.clock.advance(60_000);
    expect((await ask('/reports', right)).status).toBe(200);
  });
});

describe('A credential strategy', () => {
  it('may know callers who are no users of Latchkey, with roles and scopes of their own', async () => {
    const caller = {
      subject: 'service:billing',
      roles: ['user'],
      scopes: ['users:read'],
      clientId: 'billing',
      expiresAt: new Date(server.clock.now() + 60_000).toISOString(),
      claims: { region: { name: 'eu' } },
    };
    const { body } = await ask('/machines', scripted(caller));
    expect(body).toEqual({
      subject: 'service:billing',
      isClient: false,
      sessionId: '',
      tokenId: '',
      clientId: 'billing',
      roles: ['user'],
      scopes: ['users:read'],
      issuedAt: expect.any(Number),
      expiresAt: Date.parse(caller.expiresAt),
      claims: { region: { name: 'eu' } },
      credential: 'scripted',
      frozen: true,
    });
    expect((await ask('/machines/users', scripted(caller))).status).toBe(200);
    expect((await ask('/machines/staff', scripted(caller))).status).toBe(200);
    expect((await ask('/machines', scripted({ subject: 'a', roles: [] }), 'POST')).status).toBe(201);
    expectProblem(await ask('/machines/users', scripted({ subject: 'a' })), 403, 'INSUFFICIENT_SCOPE');
  });

  it('gives a user all that they may do where it names no scopes', async () => {
    const { body } = await ask('/machines', scripted({ user: user.user.id }));
    expect(body).toMatchObject({ subject: user.user.id, roles: ['user'] });
    expect(body['scopes']).toContain('profile:read');
  });

  it('is asked only where the route names it, or names none', async () => {
    const caller = scripted({ subject: 'service:billing' });
    expectProblem(await ask('/machines/keys-only', caller), 401, 'TOKEN_MISSING');
    const key = { 'x-api-key': keys.issue(user.user.id, []) };
    expect((await ask('/machines/keys-only', key)).status).toBe(200);
    expect((await ask('/machines/open', { 'x-scripted': 'fails' })).status).toBe(200);
    expectProblem(await ask('/machines', {}), 401, 'TOKEN_MISSING');
  });

  it('lets no caller in who has expired, nor when it fails or says what cannot be', async () => {
    const expired = scripted({ subject: 'a', expiresAt: new Date(server.clock.now()).toISOString() });
    expectProblem(await ask('/machines', expired), 401, 'CREDENTIAL_INVALID');
    for (const said of [
      { 'x-scripted': 'fails' },
      { 'x-scripted': '{}' },
      { 'x-scripted': 'null' },
      scripted({ subject: '' }),
      scripted({ subject: 'a', roles: 'admin' }),
      scripted({ subject: 'a', claims: { sub: 'another' } }),
      scripted({ subject: 'a', expiresAt: 'never' }),
    ]) {
      const { status, body } = await ask('/machines', said);
      expect([said, status, body.code]).toEqual([
        said,
        expect.any(Number),
        expect.stringMatching(/^(UNAVAILABLE|CREDENTIAL_INVALID)$/),
      ]);
    }
  });

  it('needs a name, and one of its own', () => {
    const one = new Scripted();
    expect(() => new CredentialStrategies([one, new Scripted()])).toThrow(TypeError);
    expect(() => new CredentialStrategies([new CredentialStrategies([])])).toThrow(TypeError);
  });
});
