import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserFields } from '../../../src/users/fields/user-fields.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { StaffFields } from '../user-fields/staff-fields.js';
import { PageVisitor } from '../support/page-visitor.js';

describe('The pages with files of a team', () => {
  let directory: TemporaryDirectory;
  let server: TestApp;

  const write = (path: string, text: string) => {
    mkdirSync(join(directory.path, path, '..'), { recursive: true });
    writeFileSync(join(directory.path, path), text);
  };

  beforeAll(async () => {
    directory = temporaryDirectory();
    write('theme.css', ':root { --accent: #800080; }');
    write('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    write('languages/fr.json', JSON.stringify({ 'sign-in': 'Se connecter' }));
    write('languages/en.json', JSON.stringify({ 'sign-in.register': 'Become a member' }));
    write('templates/message.eta', '<p class="own"><%= it.intro?.[0] %></p>');
    server = await startTestApp({ environment: { PAGES_DIR: directory.path } });
  });
  afterAll(async () => {
    await server.close();
    directory.remove();
  });

  it('have the theme after ours, and the logo', async () => {
    const { html } = await new PageVisitor(server.url).open('/account/sign-in');
    const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(
      ([, href]) => href ?? '',
    );
    expect(styles).toHaveLength(2);
    const theme = await fetch(server.url + styles[1]);
    expect(await theme.text()).toContain('#800080');
    expect(theme.headers.get('cache-control')).toContain('immutable');
    expect(html).toMatch(/<img src="\/account\/assets\/logo-[\w-]+\.svg" alt="Latchkey"/);
  });

  it('have the words: of a language of the team, else of ours', async () => {
    const french = await new PageVisitor(server.url, { 'Accept-Language': 'fr' }).open('/account/sign-in');
    expect(french.html).toContain('<html lang="fr">');
    expect(french.html).toContain('<h1>Se connecter</h1>');
    expect(french.html).toContain('Forgot your password?');
    expect((await new PageVisitor(server.url).open('/account/sign-in')).html).toContain('Become a member');
  });

  it('have the template, which escapes', async () => {
    const visit = new PageVisitor(server.url);
    await visit.open('/account/forgot-password');
    const page = await visit.submit('/account/forgot-password', { email: 'a&b@example.com' });
    expect(page.html).toContain('<p class="own">If a&amp;b@example.com has an account');
  });

  it.each([
    ['templates/sign-up.eta', '', 'templates/sign-up.eta is no template of a page'],
    ['templates/form.eta', '<% if (', 'is no template'],
    ['languages/en.json', '{', 'is no JSON'],
    ['languages/en.json', '{"sign-in": 1}', 'must be an object of texts'],
    ['languages/en.json', '{"sing-in": "x"}', 'languages/en.json has sing-in, which no page uses'],
    [
      'languages/en.json',
      '{"scope.orders read": "x"}',
      'languages/en.json has scope.orders read, which no page uses',
    ],
  ])('do not start where %s is %j', async (path, text, problem) => {
    const wrong = temporaryDirectory();
    mkdirSync(join(wrong.path, path, '..'), { recursive: true });
    writeFileSync(join(wrong.path, path), text);
    const started = startTestApp({ environment: { PAGES_DIR: wrong.path } });
    await expect(started).rejects.toThrow(problem);
    wrong.remove();
  });
});

describe("The pages with a team's own fields", () => {
  it('ask for what users write themselves, say what is wrong with it, and leave the rest as it is', async () => {
    const server = await startTestApp({ fields: UserFields.of(StaffFields) });
    try {
      const visit = new PageVisitor(server.url);
      const { html } = await visit.open('/account/register');
      expect(html).toContain('name="language"');
      expect(html).not.toContain('name="address"');
      const given = { email: uniqueEmail(), password: PASSWORD, staffNumber: 'S9001' };
      const refused = await visit.submit('/account/register', { ...given, language: 'fr' });
      expect(refused.html).toMatch(/id="language-error">language must be one of/);
      const page = await visit.submit('/account/register', { ...given, language: 'de' });
      expect(page.html).toMatch(/name="language"[^>]*value="de"/);
    } finally {
      await server.close();
    }
  });
});

describe('The pages in each mode of registration', () => {
  it('verify-first: make the account by the mailed link', async () => {
    const server = await startTestApp({ environment: { REGISTRATION: 'verify-first' } });
    try {
      const visit = new PageVisitor(server.url);
      const email = uniqueEmail();
      await visit.open('/account/register');
      const sent = await visit.submit('/account/register', { email, password: PASSWORD });
      expect(sent.html).toContain('Look at your mail');
      const [mail] = await readOutbox(server.dataDir, { to: email, atLeast: 1 });
      await visit.open('/confirm-registration');
      const page = await visit.submit('/confirm-registration', {
        token: mail?.token ?? '',
        password: PASSWORD,
      });
      expect([page.status, page.path]).toEqual([200, '/account']);
    } finally {
      await server.close();
    }
  });

  it.each(['invite-only', 'closed'])('%s: say so', async (mode) => {
    const server = await startTestApp({ environment: { REGISTRATION: mode } });
    try {
      const page = await new PageVisitor(server.url).open('/account/register');
      expect(page.status).toBe(403);
      expect(page.html).not.toContain('name="password"');
      expect((await new PageVisitor(server.url).open('/account/sign-in')).html).not.toContain(
        '/account/register',
      );
    } finally {
      await server.close();
    }
  });
});
