import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import { AdminPeople, type Person } from './admin-people.js';

const pageOf = (id: string) => `/account/admin/users/${id}`;

describe('The roles of a user, on the pages of administration', () => {
  let server: TestApp;
  let people: AdminPeople;
  let admin: Person;

  beforeAll(async () => {
    server = await startTestApp({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
    people = new AdminPeople(server);
    admin = await people.withRole('admin');
  });
  afterAll(async () => server.close());

  /** Sends the form of the roles with these ticked. */
  async function choose(visit: PageVisitor, id: string, ...roles: string[]): Promise<VisitedPage> {
    const hidden = hiddenOf(await visit.open(pageOf(id)));
    const ticked = Object.fromEntries(roles.map((role) => [`role.${role}`, 'true']));
    return visit.send(`${pageOf(id)}/change`, { ...hidden, ...ticked });
  }

  it('are chosen among those that there are', async () => {
    const { id } = await people.user();
    const seen = await admin.visit.open(pageOf(id));
    expect(boxOf(seen, 'user')).toMatch(/ checked /);
    expect(boxOf(seen, 'admin')).not.toMatch(/ checked| disabled/);
    const both = await choose(admin.visit, id, 'user', 'admin');
    expect([both.path, rolesIn(both)]).toEqual([`${pageOf(id)}?note=changed`, 'admin, user']);
    expect(rolesIn(await choose(admin.visit, id))).toBe('–');
  });

  it('are shown where the administrator may not give them, and stay as they are', async () => {
    const { id } = await people.withScopes('orders:write');
    const support = await people.withScopes('users:read', 'roles:read', 'roles:write');
    const before = await support.visit.open(pageOf(id));
    const [, role = ''] = /name="role\.(some-[^"]+)"[^>]* checked disabled/.exec(before.html) ?? [];
    expect(boxOf(before, 'admin')).toMatch(/ disabled /);
    expect(before.html).toContain('You may neither give nor take away this role.');
    expect(boxOf(before, 'user')).not.toMatch(/ disabled/);
    const after = await choose(support.visit, id);
    expect([after.path, rolesIn(after)]).toEqual([`${pageOf(id)}?note=changed`, role]);
    // A box that was made sendable by hand: the API decides.
    const forced = await choose(support.visit, id, 'admin');
    expect(forced.status).toBe(403);
    expect(rolesIn(forced)).toBe(role);
  });

  it('follow what they are now where a box was not touched, once they were changed meanwhile', async () => {
    const { id } = await people.user();
    const other = await people.signedIn(admin.id, admin.email);
    const stale = hiddenOf(await admin.visit.open(pageOf(id)));
    await choose(other.visit, id, 'user', 'admin');
    // The user's box is taken away, the other one is not touched.
    const refused = await admin.visit.send(`${pageOf(id)}/change`, stale);
    expect(refused.status).toBe(412);
    expect(boxOf(refused, 'admin')).toMatch(/ checked /);
    expect(boxOf(refused, 'user')).not.toMatch(/ checked /);
  });

  it('are typed by who may set and not list them, and offered to no others', async () => {
    const { id } = await people.user();
    const setter = await people.withScopes('users:read', 'roles:write');
    const page = await setter.visit.open(pageOf(id));
    expect(page.html).toMatch(/name="roles" type="text" value="user"/);
    const hidden = hiddenOf(page);
    const set = await setter.visit.send(`${pageOf(id)}/change`, { ...hidden, roles: '' });
    expect([set.path, rolesIn(set)]).toEqual([`${pageOf(id)}?note=changed`, '–']);
    const writer = await people.withScopes('users:read', 'users:write', 'roles:read');
    expect((await writer.visit.open(pageOf(id))).html).not.toMatch(/name="role(s"|\.)/);
  });

  it('are said in German', async () => {
    const support = await people.withScopes('users:read', 'roles:read', 'roles:write');
    const visit = new PageVisitor(server.url, { 'Accept-Language': 'de' });
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email: support.email, password: PASSWORD });
    const page = await visit.open(pageOf((await people.user()).id));
    expect(page.html).toContain('Diese Rolle können Sie weder geben noch nehmen.');
  });
});

/** What the form of the roles sends unseen. */
function hiddenOf({ html }: VisitedPage): Record<string, string> {
  const form = html.split('<form ').findLast((part) => /name="(_choice|roles)"/.test(part)) ?? '';
  const fields = form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries(Array.from(fields, ([, name = '', value = '']) => [name, value]));
}

function boxOf({ html }: VisitedPage, role: string): string {
  return new RegExp(`<input [^>]*name="role\\.${role}" type="checkbox"[^>]*>`).exec(html)?.[0] ?? '';
}

function rolesIn({ html }: VisitedPage): string | undefined {
  return /<dt>Roles<\/dt><dd>([^<]*)</.exec(html)?.[1];
}
