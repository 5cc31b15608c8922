import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AccessTokenIssuer } from '../../../src/tokens/access/access-token-issuer.js';
import { RefreshRotationService } from '../../../src/tokens/sessions/refresh-rotation.service.js';
import type { OpenedSession, SessionGrant } from '../../../src/tokens/sessions/session.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { decodePart } from '../../support/jws.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const CLIENT = { ip: '203.0.113.7', userAgent: 'Shop/1.0' };
const SCOPES = ['openid', 'account'];

describeOnEachStore('what an OAuth client is granted', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { ...environment(), SESSIONS_PER_USER: '2' } });
  });
  afterAll(async () => {
    await server.close();
  });

  const payloadOf = (token: string) => decodePart(token.split('.')[1]);
  const parentOf = ({ accessToken }: SignedIn) => String(payloadOf(accessToken)['sid']);
  const open = (user: SignedIn, fields: Partial<SessionGrant> = {}): Promise<OpenedSession> =>
    server.app.get(SessionsService).open(user.user.id, CLIENT, undefined, {
      clientId: 'shop',
      scopes: SCOPES,
      parentId: parentOf(user),
      ...fields,
    });
  const tokenOf = async ({ session }: OpenedSession): Promise<string> => {
    const grant = { roles: [], scopes: session.scopes ?? [] };
    return (await server.app.get(AccessTokenIssuer).issue(session, grant)).accessToken;
  };
  const list = async (token: string) =>
    (
      await server.api.get<{ id: string; clientId: string | null; current: boolean }[]>(
        '/api/auth/sessions',
        { token },
      )
    ).body;

  it('is a session: its tokens name the client, and the user sees and ends it beside the others', async () => {
    const user = (await server.api.register()).body;
    const id = randomUUID();
    const grant = await open(user, { id });
    const token = await tokenOf(grant);

    expect(payloadOf(token)).toMatchObject({ sid: id, sub: user.user.id, client_id: 'shop' });
    expect(payloadOf(user.accessToken)['client_id']).toBe('latchkey');
    expect((await server.api.profile(token)).status).toBe(200);
    expect(await list(user.accessToken)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id,
          clientId: 'shop',
          device: 'Shop',
          userAgent: 'Shop/1.0',
          current: false,
        }),
        expect.objectContaining({ id: parentOf(user), clientId: null, current: true }),
      ]),
    );
    const path = `/api/auth/sessions/${id}`;
    expect((await server.api.request('DELETE', path, { token: user.accessToken })).status).toBe(204);
    expectProblem(await server.api.profile(token), 401, 'TOKEN_REVOKED');
    await expect(open(user, { id })).rejects.toThrow(Error);
  });

  it('is named to administrators, and in the copy of one’s data', async () => {
    const user = (await server.api.register()).body;
    await open(user);
    const admin = (await Administration.of(server)).admin;
    const path = `/api/admin/users/${user.user.id}/sessions`;
    const { body } = await server.api.get<{ clientId: string | null }[]>(path, { token: admin.accessToken });
    const copy = await server.api.get<{ sessions: { clientId: string | null }[] }>('/api/profile/export', {
      token: user.accessToken,
    });

    for (const sessions of [body, copy.body.sessions])
      expect(new Set(sessions.map(({ clientId }) => clientId))).toEqual(new Set([null, 'shop']));
  });

  it('has refresh tokens that are its client’s alone', async () => {
    const user = (await server.api.register()).body;
    const grant = await open(user);
    const rotation = server.app.get(RefreshRotationService);
    const rotate = (token: string, clientId: string | null) =>
      rotation.rotate(token, null, undefined, { clientId });

    expectProblem(await server.api.refresh(grant.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    await expect(rotate(grant.refreshToken, 'other')).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_INVALID',
    });
    await expect(rotate(user.refreshToken, 'shop')).rejects.toMatchObject({ code: 'REFRESH_TOKEN_INVALID' });
    const { session } = await rotate(grant.refreshToken, 'shop');
    expect(session).toMatchObject({ generation: 1, clientId: 'shop', scopes: SCOPES });
    expect((await server.api.refresh(user.refreshToken)).status).toBe(200);
  });

  it('ends with the session it was granted in, at the log-out, unless it may be used offline', async () => {
    const user = (await server.api.register()).body;
    const [online, offline] = [await open(user), await open(user, { scopes: [...SCOPES, 'offline_access'] })];
    const [dead, alive] = [await tokenOf(online), await tokenOf(offline)];
    await server.api.post('/api/auth/logout', undefined, { token: user.accessToken });

    expectProblem(await server.api.profile(dead), 401, 'TOKEN_REVOKED');
    expect((await server.api.profile(alive)).status).toBe(200);
    expect(await list(alive)).toMatchObject([{ id: offline.session.id, current: true }]);
    await expect(open(user)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    const admin = (await Administration.of(server)).admin;
    const path = `/api/admin/audit?type=session.ended&subject=${user.user.id}`;
    const { body } = await server.api.get<{ events: object[] }>(path, { token: admin.accessToken });
    expect(body.events).toMatchObject([
      { sessionId: parentOf(user), details: { reason: 'logout' } },
      { sessionId: online.session.id, details: { reason: 'parent_ended', sessions: 1 } },
    ]);
  });

  it('ends by itself with a log-out of its own, and with all others', async () => {
    const user = (await server.api.register()).body;
    const token = await tokenOf(await open(user));
    const offline = await tokenOf(await open(user, { scopes: ['account', 'offline_access'] }));
    await server.api.post('/api/auth/logout', undefined, { token });

    expectProblem(await server.api.profile(token), 401, 'TOKEN_REVOKED');
    expect((await server.api.profile(user.accessToken)).status).toBe(200);
    await server.api.post('/api/auth/logout-all', undefined, { token: user.accessToken });
    expectProblem(await server.api.profile(offline), 401, 'TOKEN_REVOKED');
  });

  it('can be opened in one step with what else is written', async () => {
    const user = (await server.api.register()).body;
    const grant = { clientId: 'shop', scopes: SCOPES, parentId: parentOf(user) };
    const { session, write, opened } = server.app.get(SessionsService).opening(user.user.id, CLIENT, grant);
    const [era] = await server.app.get(UnitOfWork).write([write]);

    expect((await server.api.profile(await tokenOf(opened(era)))).status).toBe(200);
    expect(session).toMatchObject({ ...grant, jkt: null });
  });

  it('counts for no bound, and is as fresh as the password was', async () => {
    const user = (await server.api.register()).body;
    const { email } = user.user;
    const authenticatedAt = new Date(server.clock.now() - 3_600_000);
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => tokenOf(await open(user, { authenticatedAt }))),
    );
    await server.api.login(email);
    const statuses = await Promise.all(tokens.map(async (token) => (await server.api.profile(token)).status));

    expect(statuses).toEqual([200, 200, 200]);
    expect((await server.api.profile(user.accessToken)).status).toBe(200);
    const answer = await server.api.request('DELETE', '/api/auth/sessions', { token: tokens[0] });
    expectProblem(answer, 403, 'REAUTHENTICATION_REQUIRED');
    // The third of the user's own ends the first, and what was granted in it.
    await server.api.login(email, PASSWORD);
    expectProblem(await server.api.profile(user.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.profile(tokens[0] ?? ''), 401, 'TOKEN_REVOKED');
  });
});
