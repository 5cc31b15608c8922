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

  it('say at the field what is wrong with a filter', async () => {
    const page = await admin.visit.open(`${AUDIT}?ip=nowhere`);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(/id="s0-ip"[^>]*aria-invalid="true"/);
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
