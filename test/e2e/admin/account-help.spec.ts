import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { RefreshRotationService } from '../../../src/tokens/sessions/refresh-rotation.service.js';
import { PASSWORD, type SignedIn, type TokenPair } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface Event {
  type: string;
  actor: { kind: string; id: string | null };
  subject: string | null;
  details: Record<string, unknown>;
}

describeOnEachStore('What administrators do for accounts in foreign hands', (environment) => {
  const mails = new CapturedMails();
  let server: TestApp;
  let admin: SignedIn;

  const newAdmin = async () => {
    const { user } = (await server.api.register()).body;
    await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    return (await server.api.login(user.email)).body;
  };

  beforeAll(async () => {
    server = await startTestApp({
      environment: environment(),
      providers: [mails.provider],
    });
    admin = await newAdmin();
  });
  afterAll(async () => {
    await server.close();
  });

  const routes = (id: string) =>
    [
      ['POST', `/api/admin/users/${id}/password-reset`],
      ['GET', `/api/admin/users/${id}/sessions`],
      ['DELETE', `/api/admin/users/${id}/sessions`],
      ['DELETE', '/api/admin/sessions'],
    ] as const;
  const ask = (method: string, path: string, token = admin.accessToken) =>
    server.api.request(method, path, { token });
  const startReset = (id: string) => ask('POST', `/api/admin/users/${id}/password-reset`);
  const endSessions = (id: string) => ask('DELETE', `/api/admin/users/${id}/sessions`);
  const register = async () => (await server.api.register()).body;
  const expectDead = async ({ accessToken, refreshToken }: TokenPair) => {
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
  };
  const lastEvents = async (type: string): Promise<Event[]> => {
    const query = `/api/admin/audit?type=${type}&limit=2`;
    return (await server.api.get<{ events: Event[] }>(query, { token: admin.accessToken })).body.events;
  };

  it('is for them alone, and tells of users that there are not', async () => {
    const { user, accessToken } = await register();
    for (const [method, path] of routes(user.id)) {
      const code = path === '/api/admin/sessions' ? 'INSUFFICIENT_ROLE' : 'INSUFFICIENT_SCOPE';
      expectProblem(await ask(method, path, accessToken), 403, code);
      expectProblem(await server.api.request(method, path), 401, 'TOKEN_MISSING');
    }
    for (const id of [randomUUID(), 'nonsense']) {
      expectProblem(await startReset(id), 404, 'NOT_FOUND');
      expectProblem(await endSessions(id), 404, 'NOT_FOUND');
      expectProblem(await ask('GET', `/api/admin/users/${id}/sessions`), 404, 'NOT_FOUND');
    }
    expect((await server.api.profile(accessToken)).status).toBe(200);
  });

  it('list the sessions of a user, a page at a time', async () => {
    const { user } = await register();
    await server.api.login(user.email);
    const path = `/api/admin/users/${user.id}/sessions`;
    const list = async (from: string) => {
      const { body, headers } = await server.api.get<{ id: string }[]>(from, { token: admin.accessToken });
      return { body, next: /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '' };
    };
    const all = await list(path);
    expect(all.body).toEqual([expect.objectContaining({ ip: '127.0.0.1' }), expect.anything()]);
    expect(all.next).toBe('');
    const first = await list(`${path}?limit=1`);
    expect([...first.body, ...(await list(first.next)).body]).toEqual(all.body);
    expectProblem(await ask('GET', `${path}?cursor=x`), 400, 'VALIDATION_FAILED');
  });

  it('start a reset: the user is mailed a link, the sessions end, and the administrator sees no secret', async () => {
    const { user, ...tokens } = await register();
    const answer = await startReset(user.id);
    expect([answer.status, answer.body]).toEqual([202, '']);
    await expectDead(tokens);
    expect(mails.to(user.email, 'password-reset')).toHaveLength(1);
    expect(mails.to(admin.user.email, 'password-reset')).toEqual([]);
    // Who stole the password is not let in, whether or not the user has set another.
    expectProblem(await server.api.login(user.email), 401, 'INVALID_CREDENTIALS');
    const reset = { token: mails.token(user.email, 'password-reset'), password: 'purple monkey dishwasher' };
    expect((await server.api.post('/api/auth/password/reset', reset)).status).toBe(204);
    expect((await server.api.login(user.email, reset.password)).status).toBe(200);
    expectProblem(await server.api.login(user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');

    const [event] = await lastEvents('password.reset_requested');
    expect(event).toMatchObject({ actor: { kind: 'user', id: admin.user.id }, subject: user.id });
  });

  it('start none for an account that is disabled', async () => {
    const { user } = await register();
    await server.app.get(UserAdministrationService).disable(user.email);
    expectProblem(await startReset(user.id), 403, 'ACCOUNT_DISABLED');
    expect(mails.to(user.email, 'password-reset')).toEqual([]);
  });

  it('end all sessions of one user, and no other user’s', async () => {
    const phone = await register();
    const laptop = (await server.api.login(phone.user.email)).body;
    const stranger = await register();
    expect((await endSessions(phone.user.id)).status).toBe(204);
    await expectDead(phone);
    await expectDead(laptop);
    expect((await server.api.profile(stranger.accessToken)).status).toBe(200);
    expect((await server.api.login(phone.user.email)).status).toBe(200);

    const [event] = await lastEvents('session.ended');
    expect(event).toMatchObject({
      actor: { kind: 'user', id: admin.user.id },
      subject: phone.user.id,
      details: { reason: 'ended_by_admin', sessions: 2 },
    });
  });

  it('end all sessions of all users, their own too', async () => {
    const all = [await register(), await register(), admin];
    expect((await ask('DELETE', '/api/admin/sessions')).status).toBe(204);
    for (const tokens of all) await expectDead(tokens);

    admin = (await server.api.login(admin.user.email)).body;
    const [event, ...others] = await lastEvents('session.all_ended');
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      actor: { kind: 'user', id: admin.user.id },
      subject: null,
      details: { reason: 'ended_by_admin' },
    });
    expect(event?.details['sessions']).toBeGreaterThanOrEqual(3);
  });

  it('end sessions that a refresh has just moved on: the token that it still gives out is dead', async () => {
    const tokens = await register();
    const rotation = server.app.get(RefreshRotationService);
    const rotate = rotation.rotate.bind(rotation);
    jest.spyOn(rotation, 'rotate').mockImplementationOnce(async (...args) => {
      const opened = await rotate(...args);
      expect((await ask('DELETE', '/api/admin/sessions')).status).toBe(204);
      server.clock.advance(2000);
      return opened;
    });
    const late = (await server.api.refresh(tokens.refreshToken)).body;
    await expectDead(late);
    admin = (await server.api.login(admin.user.email)).body;
  });

  it('leave nothing alive of refreshes that race them', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, register));
    const refreshing = all.map(({ refreshToken }) => server.api.refresh(refreshToken));
    const ended = ask('DELETE', '/api/admin/sessions');
    const answers = await Promise.all(refreshing);
    expect((await ended).status).toBe(204);
    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body);
    for (const tokens of [...all, ...given]) {
      expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(tokens.refreshToken), 401, 'SESSION_ENDED');
    }
  });
});
