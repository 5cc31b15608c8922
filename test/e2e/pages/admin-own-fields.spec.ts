import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { UserFields } from '../../../src/users/fields/user-fields.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import { newStaffNumber, StaffFields } from '../user-fields/staff-fields.js';

const INVITATIONS = '/account/admin/invitations';
const pageOf = (id: string) => `/account/admin/users/${id}`;

describe("A team's own fields on the pages of administration", () => {
  let server: TestApp;
  let visit: PageVisitor;

  beforeAll(async () => {
    server = await startTestApp({
      fields: UserFields.of(StaffFields),
      environment: { LOGIN_RATE_LIMIT: '1000/1m' },
    });
    const admin = await user();
    await server.app.get(UserAdministrationService).grantRole(admin.email, 'admin');
    visit = new PageVisitor(server.url);
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email: admin.email, password: PASSWORD });
  });
  afterAll(async () => server.close());

  async function user() {
    return (await server.api.register({ staffNumber: newStaffNumber() })).body.user;
  }

  it('are shown and changed, those for administrators too, and taken back where they may be', async () => {
    const { id, email } = await user();
    const tenantId = randomUUID();
    const before = await visit.open(pageOf(id));
    expect(valueOf(before, 'language')).toBe('en');
    expect(before.html).toMatch(/<dt>Staff number<\/dt><dd>S\d+</);
    const staffNumber = valueOf(before, 'staffNumber') ?? '';
    const typed = { name: '', email, staffNumber, telephone: '', language: '', tenantId };
    const changed = await visit.submit(`${pageOf(id)}/change`, typed);
    expect(changed.path).toBe(`${pageOf(id)}?note=changed`);
    expect(changed.html).toContain(`<dt>Tenant id</dt><dd>${tenantId}<`);
    expect(changed.html).toContain('<dt>Language</dt><dd>–<');
    const back = await visit.submit(`${pageOf(id)}/change`, { ...typed, tenantId: '' });
    expect(back.html).toContain('<dt>Tenant id</dt><dd>–<');
    expect(valueOf(back, 'staffNumber')).toBe(staffNumber);
  });

  it('say what is wrong with one, and keep what was typed', async () => {
    const { id, email } = await user();
    await visit.open(pageOf(id));
    const typed = {
      name: 'Ada',
      email,
      staffNumber: 'S12345',
      telephone: 'none',
      language: 'de',
      tenantId: '',
    };
    const refused = await visit.submit(`${pageOf(id)}/change`, typed);
    expect(refused.status).toBe(400);
    expect(refused.html).toContain('telephone must be a telephone number');
    expect([valueOf(refused, 'telephone'), valueOf(refused, 'language')]).toEqual(['none', 'de']);
  });

  it('are what an invitation begins with, and none has to be known', async () => {
    const email = uniqueEmail();
    const page = await visit.open(INVITATIONS);
    expect(page.html).not.toMatch(/name="staffNumber"[^>]* required/);
    const wrong = await visit.submit(INVITATIONS, { email, tenantId: 'none' });
    expect([wrong.status, valueOf(wrong, 'tenantId')]).toEqual([400, 'none']);
    const tenantId = randomUUID();
    const invited = await visit.submit(INVITATIONS, { email, tenantId, staffNumber: '', language: '' });
    expect(invited.path).toBe(`${INVITATIONS}?note=invited`);
    const [mail] = await readOutbox(server.dataDir, { to: email, atLeast: 1 });
    const guest = new PageVisitor(server.url);
    await guest.open('/accept-invitation');
    const account = { token: mail?.token ?? '', password: PASSWORD, staffNumber: newStaffNumber() };
    expect((await guest.submit('/accept-invitation', account)).path).toBe('/account');
    const found = await visit.open(`/account/admin?search=${encodeURIComponent(email)}`);
    const [, path = ''] = /href="(\/account\/admin\/users\/[^"]+)"/.exec(found.html) ?? [];
    expect((await visit.open(path)).html).toContain(`<dt>Tenant id</dt><dd>${tenantId}<`);
  });
});

/** What is in a field. */
function valueOf({ html }: VisitedPage, name: string): string | undefined {
  return new RegExp(`name="${name}" type="text" value="([^"]*)"`).exec(html)?.[1];
}
