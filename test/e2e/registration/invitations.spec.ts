import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { AuditLog } from '../../../src/audit/audit-log.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

const DAY = 86_400_000;

interface Page {
  invitations: {
    id: string;
    email: string;
    name: string | null;
    invitedBy: string;
    createdAt: string;
    expiresAt: string;
  }[];
  nextCursor: string | null;
}

describeOnEachStore('Invitations', (environment) => {
  let server: TestApp;
  let mails: CapturedMails;
  let admin: SignedIn;

  beforeAll(async () => {
    mails = new CapturedMails();
    server = await startTestApp({
      environment: { ...environment(), ACCESS_TOKEN_TTL: '30d' },
      providers: [mails.provider],
    });
    const { user } = (await server.api.register()).body;
    await server.app.get(UserAdministrationService).grantRole(user.email, 'admin');
    admin = (await server.api.login(user.email)).body;
  });
  beforeEach(async () => void (await server.app.get<Database>(DATABASE).delete(oneTimeTokens)));
  afterAll(() => server?.close());

  const invite = async (name: string | null = null) => {
    const email = uniqueEmail();
    const json = name === null ? { email } : { email, name };
    const token = admin.accessToken;
    expect((await server.api.post('/api/admin/invitations', json, { token })).status).toBe(202);
    return email;
  };
  const list = async (query = '') => {
    const answer = await server.api.get<Page>(`/api/admin/invitations${query}`, { token: admin.accessToken });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const withdraw = (id: string, token = admin.accessToken) =>
    server.api.request('DELETE', `/api/admin/invitations/${id}`, { token });
  const accept = (token: string) =>
    server.api.post('/api/auth/invitation/accept', { token, password: PASSWORD });

  it('are listed with whom, by whom, when and until when, and never with their token', async () => {
    const email = await invite('Grace Hopper');
    const { invitations, nextCursor } = await list();
    const [{ id, createdAt, expiresAt, ...invitation } = { id: '', createdAt: '', expiresAt: '' }] =
      invitations;

    expect(invitation).toEqual({ email, name: 'Grace Hopper', invitedBy: admin.user.id });
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(7 * DAY);
    expect([invitations.length, nextCursor]).toEqual([1, null]);
    expect(id).not.toBe('');
    expect(JSON.stringify(invitations)).not.toContain(mails.token(email, 'invitation').slice(6));
  });

  it('are told by id when they are sent, and withdrawn by it', async () => {
    const { accessToken: token } = admin;
    const email = uniqueEmail();
    const { body } = await server.api.post<{ id: string }>('/api/admin/invitations', { email }, { token });
    const { invitations } = await list();
    expect(invitations).toEqual([expect.objectContaining({ id: body.id, email })]);
    expect((await withdraw(body.id)).status).toBe(204);
    expectProblem(await accept(mails.token(email, 'invitation')), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('are sent and withdrawn by who has the scope invitations:write, and listed by invitations:read', async () => {
    const administration = await Administration.of(server);
    const writer = (await administration.withScopes('invitations:write')).accessToken;
    const reader = (await administration.withScopes('invitations:read')).accessToken;
    const path = '/api/admin/invitations';
    const sent = await server.api.post<{ id: string }>(path, { email: uniqueEmail() }, { token: writer });
    expect(sent.status).toBe(202);
    expect((await server.api.get<Page>(path, { token: reader })).body.invitations).toHaveLength(1);
    expectProblem(await server.api.get(path, { token: writer }), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await withdraw(sent.body.id, reader), 403, 'INSUFFICIENT_SCOPE');
    const refused = await server.api.post(path, { email: uniqueEmail() }, { token: reader });
    expectProblem(refused, 403, 'INSUFFICIENT_SCOPE');
    expect((await withdraw(sent.body.id, writer)).status).toBe(204);
  });

  it('are listed page by page, the latest first, until they are accepted, replaced or expired', async () => {
    const emails = [await invite(), await invite(), await invite(), await invite(), await invite()];
    const first = await list('?limit=2');
    await invite();
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    const third = await list(`?limit=2&cursor=${second.nextCursor}`);
    const listed = [first, second, third].flatMap(({ invitations }) => invitations);

    expect(listed.map(({ email }) => email)).toEqual(emails.toReversed());
    expect(third.nextCursor).toBeNull();
    expectProblem(
      await server.api.get('/api/admin/invitations?cursor=x', { token: admin.accessToken }),
      400,
      'VALIDATION_FAILED',
    );
    await accept(mails.token(emails[0] ?? '', 'invitation'));
    expect((await list()).invitations.map(({ email }) => email)).not.toContain(emails[0]);
    server.clock.advance(7 * DAY);
    expect((await list()).invitations).toEqual([]);
  });

  it('are withdrawn once, and then accepted no more', async () => {
    const [email, other] = [await invite(), await invite()];
    const { invitations } = await list();
    const { id } = invitations.find((invitation) => invitation.email === email) ?? { id: '' };
    expect((await withdraw(id)).status).toBe(204);

    expectProblem(await accept(mails.token(email, 'invitation')), 400, 'ONE_TIME_TOKEN_INVALID');
    expectProblem(await withdraw(id), 404, 'NOT_FOUND');
    expect((await list()).invitations.map((invitation) => invitation.email)).toEqual([other]);
    expect((await accept(mails.token(other, 'invitation'))).status).toBe(201);
  });

  it('are withdrawn or accepted, not both, at once', async () => {
    const email = await invite();
    const [{ id } = { id: '' }] = (await list()).invitations;
    const [withdrawn, accepted] = await Promise.all([withdraw(id), accept(mails.token(email, 'invitation'))]);
    expect([
      [204, 400],
      [404, 201],
    ]).toContainEqual([withdrawn.status, accepted.status]);
  });

  it('are the business of administrators, and of no other kind of token', async () => {
    const { user, accessToken } = (await server.api.register()).body;
    expectProblem(
      await server.api.get('/api/admin/invitations', { token: accessToken }),
      403,
      'INSUFFICIENT_SCOPE',
    );
    expectProblem(await withdraw(randomUUID(), accessToken), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(await withdraw('x'), 404, 'NOT_FOUND');
    const rows = await server.app.get<Database>(DATABASE).select().from(oneTimeTokens);
    const verification = rows.find(({ subject }) => subject === user.id);
    expectProblem(await withdraw(verification?.id ?? ''), 404, 'NOT_FOUND');
  });

  it('are in the audit log, under the hash of the address that a failed login has, too', async () => {
    const email = await invite();
    const [{ id } = { id: '' }] = (await list()).invitations;
    await withdraw(id);
    await server.api.login(email);
    const { events } = await server.app.get(AuditLog).find({ limit: 3 });
    const [failed, withdrawn, invited] = events;

    expect([failed?.type, withdrawn?.type, invited?.type]).toEqual([
      'login.failed',
      'invitation.withdrawn',
      'user.invited',
    ]);
    expect(new Set(events.map(({ details }) => details.identifier)).size).toBe(1);
    expect(withdrawn).toMatchObject({ actorKind: 'user', actorId: admin.user.id, subject: null });
    expect(JSON.stringify(events)).not.toContain(email);
  });
});
