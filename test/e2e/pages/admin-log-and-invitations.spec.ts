import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { AdminPeople, type Person } from './admin-people.js';

const AUDIT = '/account/admin/audit';
const INVITATIONS = '/account/admin/invitations';

describe('The audit log and invitations on pages', () => {
  let server: TestApp;
  let people: AdminPeople;
  let admin: Person;

  beforeAll(async () => {
    server = await startTestApp({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
    people = new AdminPeople(server);
    admin = await people.withRole('admin');
  });
  afterAll(async () => server.close());

  it('show what happened to a user, by type and time', async () => {
    const { id } = await people.user();
    const page = await admin.visit.open(
      `${AUDIT}?subject=${id}&type=user.registered&from=2020-01-01T00:00&ip=`,
    );
    expect(page.html.match(/<tr /g)).toHaveLength(2);
    expect(page.html).toContain('Account created</td>');
    const before = await admin.visit.open(`${AUDIT}?subject=${id}&to=2020-01-01T00:00`);
    expect(before.html).toContain('Nothing yet.');
  });

  it('say who did it, and what of it is known', async () => {
    const { id } = await people.withRole('admin');
    const page = await admin.visit.open(`${AUDIT}?subject=${id}`);
    const rows = page.html.split('<tr ').slice(1);
    const granted = rows.find((row) => row.includes('A role was given')) ?? '';
    expect([granted.includes('>operator<'), granted.includes('>role: admin<')]).toEqual([true, true]);
    const signedIn = rows.find((row) => row.includes('Signed in')) ?? '';
    expect(signedIn).toContain('>the user<');
  });

  it('say at the field what is wrong with a filter, and show the log without it', async () => {
    const { id } = await people.user();
    const page = await admin.visit.open(`${AUDIT}?ip=nowhere&subject=${id}&type=user.registered`);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(/id="s0-ip"[^>]*aria-invalid="true"/);
    expect(page.html).toContain('left out of the search: IP address.');
    expect(page.html).toContain('Give an IP address');
    expect(page.html.match(/<tr /g)).toHaveLength(2);
    const other = await admin.visit.open(`${AUDIT}?cursor=none&subject=${id}&type=user.registered`);
    expect([other.status, other.html.match(/<tr /g)?.length]).toEqual([400, 2]);
    expect(other.html).toContain('left out of the search: place in the list.');
  });

  it('show times to the second, and the addresses of users with the way to their pages', async () => {
    const { id, email } = await people.user();
    const page = await admin.visit.open(`${AUDIT}?subject=${id}`);
    expect(page.html).toContain(`<a href="/account/admin/users/${id}">${email}</a>`);
    expect(page.html).toMatch(/<time datetime="[^"]*Z">[^<]*\d:\d\d:\d\d[^<]*UTC<\/time>/);
    // To who may find no users, ids alone.
    const { visit } = await people.withScopes('audit:read');
    const plain = await visit.open(`${AUDIT}?subject=${id}`);
    expect([plain.html.includes(email), plain.html.includes(`>${id}</td>`)]).toEqual([false, true]);
  });

  it('show a deleted user by the id that is left of them', async () => {
    const { id } = await people.user();
    await admin.visit.open(`/account/admin/users/${id}/delete`);
    await admin.visit.submit(`/account/admin/users/${id}/delete`, {});
    const page = await admin.visit.open(`${AUDIT}?subject=${id}&type=user.deleted`);
    expect(page.html).toContain(`>${id}</td>`);
    const gone = await admin.visit.open(`/account/admin/users/${id}`);
    expect([gone.status, gone.html.includes('it may have been deleted meanwhile')]).toEqual([404, true]);
    expect(gone.html).toContain('href="/account/admin">Users</a>');
  });

  it('say that an invitation was withdrawn by another administrator meanwhile', async () => {
    const another = await people.withRole('admin');
    await admin.visit.open(INVITATIONS);
    await admin.visit.submit(INVITATIONS, { email: `${randomUUID()}@example.com` });
    await another.visit.open(INVITATIONS);
    await admin.visit.submit(`${INVITATIONS}/withdraw`, {});
    const page = await another.visit.submit(`${INVITATIONS}/withdraw`, {});
    expect(page.status).toBe(404);
    expect(page.html).toContain('replaced or withdrawn meanwhile');
    expect(page.html).toContain(`action="${INVITATIONS}"`);
    expect((await another.visit.open(`${INVITATIONS}?cursor=none`)).path).toBe(
      `${INVITATIONS}?note=from-start`,
    );
  });

  it('invite, list and withdraw', async () => {
    const email = `${randomUUID()}@example.com`;
    await admin.visit.open(INVITATIONS);
    const invited = await admin.visit.submit(INVITATIONS, { email, name: 'Ada' });
    expect(invited.html).toContain(`Withdraw the invitation of ${email}`);
    await readOutbox(server.dataDir, { to: email, atLeast: 1 });
    const page = await admin.visit.submit(`${INVITATIONS}/withdraw`, {});
    expect([page.path, page.html.includes(email)]).toEqual([`${INVITATIONS}?note=withdrawn`, false]);
    const refused = await admin.visit.submit(INVITATIONS, { email: admin.email });
    expect(refused.status).toBe(409);
  });

  it('are open to who has their scopes, without what those do not allow', async () => {
    const { visit } = await people.withScopes('audit:read', 'invitations:read');
    // Where administration begins for them.
    expect((await visit.open('/account/admin')).path).toBe(INVITATIONS);
    const page = await visit.open(INVITATIONS);
    expect([page.status, page.html.includes(`action="${INVITATIONS}`)]).toEqual([200, false]);
    expect(page.html).toContain(`href="${AUDIT}"`);
    expect((await visit.open(AUDIT)).status).toBe(200);
  });

  it('are closed to who has other scopes', async () => {
    const { visit } = await people.withScopes('users:read', 'users:write');
    for (const path of [AUDIT, INVITATIONS]) expect((await visit.open(path)).status).toBe(403);
  });
});
