import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor } from '../support/page-visitor.js';
import { AdminPeople, type Person } from './admin-people.js';

const FIND = '/account/admin';

describe('The pages of administration, without scripts', () => {
  let server: TestApp;
  let people: AdminPeople;
  let admin: Person;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { LOGIN_RATE_LIMIT: '1000/1m', REGISTER_RATE_LIMIT: '1000/1m' },
    });
    people = new AdminPeople(server);
    admin = await people.withRole('admin');
  });
  afterAll(async () => server.close());

  const pageOf = (id: string) => `${FIND}/users/${id}`;

  it('lead strangers to the sign-in, and back', async () => {
    const { id, email } = await people.user();
    const visit = new PageVisitor(server.url);
    const asked = await visit.open(pageOf(id));
    expect(asked.path).toBe(`/account/sign-in?next=${encodeURIComponent(pageOf(id))}`);
    const back = await visit.submit('/account/sign-in', { email: admin.email, password: PASSWORD });
    expect([back.status, back.path]).toEqual([200, pageOf(id)]);
    expect(back.html).toContain(email);
  });

  it('lead back to what was looked for, after a sign-in and where the session goes on', async () => {
    const { email } = await people.user();
    const filtered = `${FIND}?search=${encodeURIComponent(email)}&disabled=false&sort=email`;
    const visit = new PageVisitor(server.url);
    await visit.open(filtered);
    const back = await visit.submit('/account/sign-in', { email: admin.email, password: PASSWORD });
    expect([back.status, back.path]).toEqual([200, filtered]);
    expect(back.html).toContain(`value="${email}"`);
    visit.jar.keep(new Headers({ 'Set-Cookie': 'latchkey_access=; Max-Age=0; Path=/' }));
    expect((await visit.open(filtered)).path).toBe(filtered);
    const log = `${FIND}/audit?type=login.succeeded&from=2020-01-01T00%3A00`;
    visit.jar.keep(new Headers({ 'Set-Cookie': 'latchkey_access=; Max-Age=0; Path=/' }));
    expect((await visit.open(log)).path).toBe(log);
  });

  it.each([
    '/account/admin//evil.example',
    '/account/admin/../../evil',
    '/account/admin?a=\r\nSet-Cookie: b',
    '/account/admin?a=//evil.example',
    '/account/admin\\@evil.example?a',
    '/account/sign-in?next=/account/sign-in',
    `/account/admin?search=${'x'.repeat(2100)}`,
  ])('lead on to nothing but a page from the sign-in: %j', async (next) => {
    const visit = new PageVisitor(server.url);
    await visit.open('/account/sign-in');
    const page = await visit.submit('/account/sign-in', { email: admin.email, password: PASSWORD, next });
    expect(page.path).toBe('/account');
  });

  it('are not offered to users, and say so to those who come', async () => {
    const { id, email } = await people.user();
    const { visit } = await people.signedIn(id, email);
    expect((await visit.open('/account')).html).not.toContain(FIND);
    for (const path of [FIND, pageOf(id), `${FIND}/keys`]) {
      const page = await visit.open(path);
      expect([path, page.status]).toEqual([path, 403]);
      expect(page.html).toContain('Your roles do not allow this.');
    }
    expect((await admin.visit.open('/account')).html).toContain(`href="${FIND}"`);
  });

  it('are closed to the initial administrator before the password is changed', async () => {
    const { email = '', password = '' } = server.initialAdmin ?? {};
    const visit = new PageVisitor(server.url);
    await visit.open(FIND);
    const page = await visit.submit('/account/sign-in', { email, password });
    expect(page.path).toBe('/account/password?note=initial&next=%2Faccount%2Fadmin');
  });

  it('find a user by what the address begins with, and by filters', async () => {
    const { id, email } = await people.user();
    const found = await admin.visit.open(`${FIND}?search=${encodeURIComponent(email)}`);
    expect(found.html).toContain(`href="${pageOf(id)}">${email}</a>`);
    expect(found.html).toContain(`value="${email}"`);
    const disabled = await admin.visit.open(`${FIND}?search=${encodeURIComponent(email)}&disabled=true`);
    expect(disabled.html).toContain('There is no such user.');
    expect(disabled.html).toContain('<option value="true" selected>');
    const byRole = await admin.visit.open(`${FIND}?role=admin&verified=false&sort=email`);
    expect(byRole.html).toContain('<option value="admin" selected>');
    expect(byRole.html).toContain(admin.email);
    expect(byRole.html).not.toContain(email);
  });

  it('turn pages by a cursor, with the filters', async () => {
    const domain = `${randomUUID()}.example`;
    for (let count = 0; count < 27; count++) await server.api.register({ email: `user${count}@${domain}` });
    const first = await admin.visit.open(`${FIND}?search=${domain}&sort=createdAt`);
    expect(first.html.match(/<tr /g)).toHaveLength(26);
    const [, next = ''] = /href="([^"]*cursor=[^"]*)"/.exec(first.html) ?? [];
    const second = await admin.visit.open(next.replaceAll('&amp;', '&'));
    expect(second.html.match(/user\d+@/g)).toEqual(['user25@', 'user26@']);
    expect(second.html).not.toContain('Next page');
  });

  it('say at the field what is wrong with a filter', async () => {
    const page = await admin.visit.open(`${FIND}?search=${'x'.repeat(101)}`);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(/id="s0-search"[^>]*aria-invalid="true"/);
  });

  it('escape what users call themselves', async () => {
    const { body } = await server.api.register({ name: '<script>alert(1)</script>' });
    const page = await admin.visit.open(pageOf(body.user.id));
    expect(page.html).toContain('&lt;script&gt;alert(1)');
    expect(page.html).not.toContain('<script>alert');
  });

  it('end one session of a user, and all', async () => {
    const { id, email } = await people.user();
    const { visit } = await people.signedIn(id, email);
    await admin.visit.open(pageOf(id));
    const one = await admin.visit.submit(`${pageOf(id)}/sessions/end`, {});
    expect([one.status, one.path]).toEqual([200, `${pageOf(id)}?note=ended`]);
    expect((await visit.open('/account')).path).toMatch(/sign-in/);
    await people.signedIn(id, email);
    await admin.visit.open(pageOf(id));
    const all = await admin.visit.submit(`${pageOf(id)}/sessions/end-all`, {});
    expect(all.html).toContain('Signed in nowhere.');
  });

  it('force a new password', async () => {
    const { id, email } = await people.user();
    await admin.visit.open(pageOf(id));
    const page = await admin.visit.submit(`${pageOf(id)}/reset`, {});
    expect(page.html).toContain('A link to set a new password is on its way.');
    await readOutbox(server.dataDir, { to: email, template: 'password-reset', atLeast: 1 });
  });

  it('take no form of another site, and none without the token of the session', async () => {
    const { id, email } = await people.user();
    const { visit } = await people.signedIn(id, email);
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    await admin.visit.open(pageOf(id));
    expect((await admin.visit.submit(`${pageOf(id)}/sessions/end-all`, {}, foreign)).status).toBe(403);
    await admin.visit.open(pageOf(id));
    expect((await admin.visit.submit(`${pageOf(id)}/sessions/end-all`, { csrf: 'guessed' })).status).toBe(
      403,
    );
    expect((await visit.open('/account')).path).toBe('/account');
  });

  it('offer by scope, and explain what is refused', async () => {
    const { id } = await people.user();
    const reader = await people.withScopes('users:read');
    const seen = await reader.visit.open(pageOf(id));
    for (const part of ['/reset"', '/sessions/', '/keys"', '/audit"', '/invitations"'])
      expect([part, seen.html.includes(part)]).toEqual([part, false]);
    const support = await people.withScopes('users:read', 'users:write', 'sessions:read');
    const ofAdmin = await support.visit.open(pageOf(admin.id));
    expect(ofAdmin.html).not.toContain('/sessions/end');
    expect(ofAdmin.html).not.toContain('/reset"');
    // The form of another user, sent for an administrator.
    const page = await support.visit.open(pageOf(id));
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page.html) ?? [];
    const refused = await support.visit.send(`${pageOf(admin.id)}/reset`, { csrf });
    expect(refused.status).toBe(403);
    expect(refused.html).toContain('Your roles do not allow this.');
    expect(refused.html).toContain(admin.email);
  });

  it('begin where there is something to see', async () => {
    const keeper = await people.withScopes('keys:read');
    const page = await keeper.visit.open(FIND);
    expect([page.status, page.path]).toEqual([200, `${FIND}/keys`]);
    expect(page.html).not.toContain(`${FIND}/keys/rotate`);
  });

  it('show the keys, and rotate them', async () => {
    const page = await admin.visit.open(`${FIND}/keys`);
    expect(page.html).toContain('signs');
    const rotated = await admin.visit.submit(`${FIND}/keys/rotate`, {});
    expect(rotated.html).toContain('The next key is published.');
    expect(rotated.html).toContain('>waits<');
    // There is nothing to rotate to.
    expect(rotated.html).not.toContain('/rotate"');
  });

  it.each(['nothing', randomUUID(), '..%2Fkeys'])('have no user %s', async (id) => {
    const page = await admin.visit.open(pageOf(id));
    expect([page.status, page.html.includes('There is no such account, or not any more')]).toEqual([
      404,
      true,
    ]);
  });

  it('say of a session that was ended by another administrator meanwhile that it has ended', async () => {
    const person = await people.user();
    await people.signedIn(person.id, person.email);
    const another = await people.withRole('admin');
    for (const { visit } of [admin, another]) await visit.open(pageOf(person.id));
    await admin.visit.submit(`${pageOf(person.id)}/sessions/end`, {});
    const again = await another.visit.submit(`${pageOf(person.id)}/sessions/end`, {});
    expect(again.html).toContain('Ended.');
    // One that is remembered no more.
    const form = { session: randomUUID() };
    const page = await another.visit.submit(`${pageOf(person.id)}/sessions/end`, form);
    expect([page.status, page.html.includes('This session has ended meanwhile.')]).toEqual([404, true]);
    expect(page.html).toContain(person.email);
    expect((await admin.visit.open(`${pageOf(person.id)}?cursor=none`)).path).toBe(
      `${pageOf(person.id)}?note=from-start`,
    );
  });

  it('say which part of an address is no filter, and list without it', async () => {
    const { email } = await people.user();
    const search = encodeURIComponent(email);
    for (const [query, name] of [
      ['sort=xyz', 'Order'],
      ['disabled=perhaps', 'Disabled'],
      ['cursor=none', 'place in the list'],
    ]) {
      const page = await admin.visit.open(`${FIND}?search=${search}&${query}`);
      expect([page.status, page.html.includes(`left out of the search: ${name}.`)]).toEqual([400, true]);
      expect(page.html).toContain(`>${email}</a>`);
    }
  });

  it('speak German', async () => {
    const { id, email } = await people.user();
    const visit = new PageVisitor(server.url, { 'Accept-Language': 'de' });
    await visit.open('/account/sign-in');
    await visit.submit('/account/sign-in', { email: admin.email, password: PASSWORD });
    const page = await visit.open(pageOf(id));
    expect(page.html).toContain('Neues Passwort verlangen');
    expect([page.html.includes(email), /\badmin\.[a-z]/.test(page.html)]).toEqual([true, false]);
    for (const role of ['Alle, die sich registriert haben.', 'Verwaltet den Dienst.'])
      expect(page.html).toContain(role);
  });

  it('change a user, who is not verified at another address', async () => {
    const { id, email } = await people.user();
    await admin.visit.open(pageOf(id));
    const fields = { name: 'Ada', email: `new-${email}`, disabled: 'true' };
    const page = await admin.visit.submit(`${pageOf(id)}/change`, fields);
    expect([page.status, page.path]).toEqual([200, `${pageOf(id)}?note=changed`]);
    expect(page.html).toContain(`new-${email} (not verified)`);
    expect(page.html).toMatch(/name="disabled"[^>]*checked/);
  });

  it('say that a user was changed meanwhile, keep what was typed, and take it the second time', async () => {
    const { id, email } = await people.user();
    const other = await people.signedIn(admin.id, admin.email);
    await admin.visit.open(pageOf(id));
    await other.visit.open(pageOf(id));
    await other.visit.submit(`${pageOf(id)}/change`, { name: 'Theirs', email });
    const refused = await admin.visit.submit(`${pageOf(id)}/change`, { name: 'Mine', email });
    expect(refused.status).toBe(412);
    expect(refused.html).toContain('This user was changed meanwhile.');
    expect(refused.html).toContain('<dd>Theirs</dd>');
    expect(refused.html).toContain('value="Mine"');
    const saved = await admin.visit.submit(`${pageOf(id)}/change`, { name: 'Mine', email });
    expect(saved.html).toContain('<dd>Mine</dd>');
  });

  it('change only what was touched: what another administrator changed meanwhile stays', async () => {
    const { id, email } = await people.user();
    const other = await people.signedIn(admin.id, admin.email);
    await admin.visit.open(pageOf(id));
    await other.visit.open(pageOf(id));
    await other.visit.submit(`${pageOf(id)}/change`, {
      name: 'Theirs',
      email: `new-${email}`,
      disabled: 'true',
    });
    const refused = await admin.visit.submit(`${pageOf(id)}/change`, { name: 'Mine', email });
    expect(refused.status).toBe(412);
    expect(refused.html).toMatch(/name="disabled"[^>]*checked/);
    expect(refused.html).toContain(`type="email" value="new-${email}"`);
    expect(refused.html).toContain('It was changed meanwhile, too. Now: Theirs');
    const fields = { name: 'Mine', email: `new-${email}`, disabled: 'true' };
    const saved = await admin.visit.submit(`${pageOf(id)}/change`, fields);
    expect(saved.html).toContain('<dd>Mine</dd>');
    expect(saved.html).toContain(`new-${email} (not verified)`);
    expect(saved.html).toMatch(/name="disabled"[^>]*checked/);
  });

  it('mark nothing as changed meanwhile that was typed alike, and take a form in which nothing was touched', async () => {
    const { id, email } = await people.user();
    await admin.visit.open(pageOf(id));
    const same = await admin.visit.submit(`${pageOf(id)}/change`, { name: '', email });
    expect([same.status, same.path]).toEqual([200, `${pageOf(id)}?note=changed`]);
    expect(same.html).not.toContain('meanwhile');
  });

  it('unlock a user, and delete one who is confirmed', async () => {
    const { id, email } = await people.user();
    await admin.visit.open(pageOf(id));
    expect((await admin.visit.submit(`${pageOf(id)}/unlock`, {})).html).toContain('Unlocked.');
    const asked = await admin.visit.open(`${pageOf(id)}/delete`);
    expect(asked.html).toContain(`Delete ${email} at once and for good?`);
    const page = await admin.visit.submit(`${pageOf(id)}/delete`, {});
    expect([page.path, page.html.includes('The user is deleted.')]).toEqual([`${FIND}?note=deleted`, true]);
    expect((await admin.visit.open(pageOf(id))).status).toBe(404);
  });
});
