import { Injectable, Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { type AuthEvent, AuthEvents, AuditSink, UnitOfWork, UsersRepository } from '../../../src/index.js';
import { SigningKeyRotation } from '../../../src/tokens/keys/signing-key-rotation.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { AccountFlows, NEW_PASSWORD } from '../account-life/account-flows.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

describe('AuthEvents', () => {
  let flows: AccountFlows;
  let server: TestApp;
  let mails: CapturedMails;
  let heard: AuthEvent[];

  beforeAll(async () => {
    flows = await AccountFlows.start({ REFRESH_GRACE: '0s' });
    ({ server, mails } = flows);
    server.app.get(AuthEvents).onAny((event) => {
      // The first administrator's may be told after the start.
      if (event.type === 'admin.created') return;
      heard.push(event);
      // Told after the answer: on a busy machine one may be told before another that came first.
      heard.sort((one, other) => one.occurredAt.getTime() - other.occurredAt.getTime());
    });
  });
  beforeEach(() => {
    heard = [];
  });
  afterAll(() => flows.close());

  const types = () => heard.map(({ type }) => type);
  /** Events are told after the answer. */
  const expectTypes = (expected: readonly string[]) =>
    eventually(() => Promise.resolve(expect(types()).toEqual(expected)));

  it('tell of a life from registration to deletion, with the names of the audit log and without a secret', async () => {
    const { user, ...first } = await flows.register();
    await flows.verifyEmail(mails.token(user.email, 'email-verification'));
    await server.api.login(user.email, 'wrong');
    const second = (await server.api.login(user.email)).body;
    await server.api.post('/api/auth/logout', undefined, { token: second.accessToken });
    await flows.changePassword(first);
    await flows.forgot(user.email);
    await flows.reset(mails.token(user.email, 'password-reset'), PASSWORD);
    const third = (await server.api.login(user.email)).body;
    const email = uniqueEmail();
    await flows.changeEmail(third, email);
    await flows.confirmEmail(mails.token(email, 'email-change'));
    const fourth = (await server.api.login(email)).body;
    await flows.deleteAccount(fourth);

    await expectTypes([
      'user.registered',
      'login.succeeded',
      'email.verified',
      'login.failed',
      'login.succeeded',
      'session.ended',
      'password.changed',
      'password.reset_requested',
      'password.reset',
      'session.ended',
      'login.succeeded',
      'email.change_requested',
      'email.changed',
      'login.succeeded',
      'user.deleted',
      'session.ended',
    ]);
    expect(heard.every(({ subject }) => subject === user.id)).toBe(true);
    expect(heard[0]).toMatchObject({
      outcome: 'success',
      occurredAt: expect.any(Date),
      actor: { kind: 'user', id: user.id },
      client: { ip: '127.0.0.1', userAgent: 'node', requestId: expect.any(String) },
    });
    expect(JSON.stringify(heard)).not.toMatch(
      new RegExp(`lk_[ro]t_|eyJ|\\$2b|${PASSWORD}|${NEW_PASSWORD}|@example`),
    );
  });

  it('tell of a refresh token that was used again, and not of a refresh', async () => {
    const { user, refreshToken } = await flows.register();
    await server.api.refresh(refreshToken);
    expectProblem(await server.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_REUSED');
    await expectTypes(['user.registered', 'login.succeeded', 'session.refresh_reused']);
    expect(heard.at(-1)).toMatchObject({
      subject: user.id,
      actor: { kind: 'anonymous' },
      details: { reuse: 'recent' },
    });
  });

  it('tell of what operators and administrators do', async () => {
    const { user } = await flows.register();
    const admin = await flows.register();
    const accounts = server.app.get(UserAdministrationService);
    await accounts.grantRole(admin.user.email, 'admin');
    const { accessToken: token } = (await server.api.login(admin.user.email)).body;
    const invited = uniqueEmail();
    await server.api.post('/api/admin/invitations', { email: invited }, { token });
    await server.api.post('/api/auth/invitation/accept', {
      token: mails.token(invited, 'invitation'),
      password: PASSWORD,
    });
    await eventually(() => Promise.resolve(expect(types()).toContain('invitation.accepted')));
    heard = [];
    await accounts.disable(user.email);
    await accounts.enable(user.email);
    await accounts.grantRole(user.email, 'admin');
    await accounts.withdrawRole(user.email, 'admin');
    await server.app.get(SigningKeyRotation).rotate();
    await accounts.delete(user.email);

    await expectTypes([
      'user.disabled',
      'session.ended',
      'user.enabled',
      'role.granted',
      'role.withdrawn',
      'signing_key.rotated',
      'user.deleted',
    ]);
    expect(heard[3]).toMatchObject({ actor: { kind: 'operator' }, client: null, details: { role: 'admin' } });
  });

  it('tell of what was tried in vain under another name than of what was done', async () => {
    const { user, accessToken } = await flows.register();
    await expectTypes(['user.registered', 'login.succeeded']);
    heard = [];
    expectProblem(await flows.reset('lk_ot_nonsense'), 400, 'ONE_TIME_TOKEN_INVALID');
    // Noted after the answer.
    await expectTypes(['attempt.refused']);
    await flows.changePassword({ accessToken }, NEW_PASSWORD, 'wrong');
    await expectTypes(['attempt.refused', 'attempt.refused']);
    expect(heard).toMatchObject([
      { subject: null, details: { attempted: 'password.reset', reason: 'invalid_token' } },
      { subject: user.id, details: { attempted: 'password.changed', reason: 'wrong_credentials' } },
    ]);
  });

  it('are told when others can see what they tell of, and never of what was rolled back', async () => {
    const found: (string | undefined)[] = [];
    const users = server.app.get(UsersRepository);
    const end = server.app.get(AuthEvents).on('user.registered', async ({ subject }) => {
      found.push((await users.findById(subject))?.email);
    });
    const { user } = await flows.register();
    expectProblem(await server.api.register({ email: user.email }), 409, 'EMAIL_TAKEN');
    const event = {
      type: 'user.deleted',
      actor: { kind: 'system' },
      subject: user.id,
      client: null,
    } as const;
    const rolledBack = server.app.get(UnitOfWork).run(async (transaction) => {
      await server.app.get(AuditSink).record(event, transaction);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    const written = server.app
      .get(UnitOfWork)
      .write([
        server.app.get(AuditSink).recording(event),
        { within: () => Promise.reject(new Error('rolled back')) },
      ]);
    await expect(written).rejects.toThrow('rolled back');
    await server.app.get(AuditSink).record({ ...event, type: 'user.enabled' });

    await expectTypes(['user.registered', 'login.succeeded', 'user.enabled']);
    end();
    expect(found).toEqual([user.email]);
  });

  it('harm no request by a listener that throws, or that never comes to an end', async () => {
    const complaints: unknown[] = [];
    const spy = jest
      .spyOn(Logger.prototype, 'error')
      .mockImplementation((line: unknown) => void complaints.push(line));
    const events = server.app.get(AuthEvents);
    const ends = [
      events.on('login.succeeded', () => {
        throw new Error('out of order');
      }),
      events.on('login.succeeded', () => new Promise(() => undefined)),
    ];
    const { user } = await flows.register();
    expect((await server.api.login(user.email)).status).toBe(200);
    await expectTypes(['user.registered', 'login.succeeded', 'login.succeeded']);
    const complaint = {
      message: 'A listener of login.succeeded failed: out of order',
      requestId: expect.any(String),
    };
    expect(complaints).toEqual([complaint, complaint]);
    for (const end of ends) end();
    spy.mockRestore();
  });
});

/** As a team writes it that puts events into a broker. */
@Injectable()
class BrokerEvents extends AuthEvents {
  readonly sent: string[] = [];

  override hears(): boolean {
    return true;
  }

  override publish({ type }: AuthEvent): void {
    this.sent.push(type);
  }
}

it('AuthEvents of a team stand in for the default', async () => {
  const server = await startTestApp({
    providers: [{ provide: AuthEvents, useClass: BrokerEvents }],
  });
  try {
    await server.api.register();
    expect(server.app.get<AuthEvents, BrokerEvents>(AuthEvents).sent).toEqual(
      expect.arrayContaining(['user.registered', 'login.succeeded']),
    );
  } finally {
    await server.close();
  }
});
