import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor } from '../support/page-visitor.js';

const PASSWORD = 'correct horse battery staple';
const ANOTHER = 'another horse battery staple';

describe('The pages, in a browser without scripts', () => {
  let server: TestApp;
  let count = 0;

  beforeAll(async () => {
    server = await startTestApp();
  });
  afterAll(async () => server.close());

  const visitor = (headers?: Readonly<Record<string, string>>) => new PageVisitor(server.url, headers);
  const address = () => `pages-${(count += 1)}@example.com`;

  async function registered(email = address()): Promise<{ visit: PageVisitor; email: string }> {
    const visit = visitor();
    await visit.open('/account/register');
    const page = await visit.submit('/account/register', { name: 'Ada', email, password: PASSWORD });
    expect([page.status, page.path]).toEqual([200, '/account']);
    return { visit, email };
  }

  it('lead from the root to the sign-in, with the headers that keep strangers out', async () => {
    const page = await visitor().open('/');
    expect([page.status, page.path]).toEqual([200, '/account/sign-in?next=%2Faccount']);
    const policy = page.headers.get('content-security-policy');
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "trusted-types 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(page.html).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/i);
  });

  it('make an account, sign out of it, and in again', async () => {
    const { visit, email } = await registered();
    expect((await visit.open('/account')).html).toContain(email);
    const out = await visit.submit('/account/sign-out', {});
    expect(out.path).toBe('/account/sign-in');
    expect(visit.jar.valueOf('access')).toBe('');
    const back = await visit.submit('/account/sign-in', { email, password: PASSWORD });
    expect([back.status, back.path]).toEqual([200, '/account']);
  });

  it('say the same of a wrong password and of an unknown address, and keep what was typed', async () => {
    const { email } = await registered();
    const visit = visitor();
    await visit.open('/account/sign-in');
    const wrong = await visit.submit('/account/sign-in', { email, password: 'not the password' });
    const unknown = await visit.submit('/account/sign-in', { email: 'nope@example.com', password: PASSWORD });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.html.replaceAll(email, '')).toBe(unknown.html.replaceAll('nope@example.com', ''));
    expect(wrong.html).toContain(`value="${email}"`);
    expect(wrong.html).toContain('role="alert"');
    expect(wrong.html).not.toContain('not the password');
  });

  it('name what is wrong at each field', async () => {
    const visit = visitor();
    await visit.open('/account/register');
    const page = await visit.submit('/account/register', { email: 'no address', password: 'short' });
    expect(page.status).toBe(400);
    expect(page.html).toMatch(/id="email"[^>]*aria-describedby="email-error"[^>]*aria-invalid="true"/);
  });

  it.each([
    ['short', 'Zu kurz: Es braucht mindestens 8 Zeichen.'],
    ['password123', 'Dieses benutzen zu viele Menschen.'],
    ['augusta.king.1815', 'Zu nah an Ihrem Namen'],
  ])('say which rule refused the password %s', async (password, reason) => {
    const visit = visitor({ 'Accept-Language': 'de' });
    await visit.open('/account/register');
    const form = { email: 'augusta.king@example.com', password };
    const page = await visit.submit('/account/register', form);
    expect([page.status, page.html.includes(reason)]).toEqual([400, true]);
    expect(page.html).toContain('Wählen Sie ein anderes Passwort.');
  });

  it('say that a device was signed out already, and begin a list anew at a place that is none', async () => {
    const { visit } = await registered();
    await visit.open('/account/sessions');
    const gone = await visit.submit('/account/sessions/end', { id: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a10' });
    expect([gone.path, gone.html.includes('This device was signed out already.')]).toEqual([
      '/account/sessions?note=gone',
      true,
    ]);
    for (const path of ['/account/sessions', '/account/activity']) {
      const list = await visit.open(`${path}?cursor=none`);
      expect([list.path, list.html.includes('It is shown from its beginning.')]).toEqual([
        `${path}?note=from-start`,
        true,
      ]);
    }
  });

  it('say in the language of who opens it that an address is no page', async () => {
    const browser = { Accept: 'text/html', 'Accept-Language': 'de' };
    const missing = await visitor(browser).open('/account/nope');
    expect([missing.status, missing.html.includes('<h1>Diese Seite gibt es nicht</h1>')]).toEqual([
      404,
      true,
    ]);
    const form = await visitor(browser).open('/account/sign-out');
    expect([form.status, form.headers.get('allow')]).toEqual([405, 'POST']);
    expect(form.html).toContain('An diese Adresse werden Formulare geschickt.');
    for (const path of ['/nope', '/account/%zz', '/%zz', `/account/admin/users/${'x'.repeat(1000)}`]) {
      const elsewhere = await visitor(browser).open(path);
      const { status, html, headers } = elsewhere;
      expect([path, status, html.includes('<h1>Diese Seite gibt es nicht</h1>')]).toEqual([path, 404, true]);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).not.toBeNull();
    }
    const script = await visitor().open('/account/nope');
    expect([script.status, script.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    for (const [path, status] of [
      ['/api/nope', 404],
      ['/api/%zz', 400],
      ['/health/nope', 404],
      ['/.well-known/nope', 404],
      ['/api', 404],
    ] as const) {
      const api = await visitor(browser).open(path);
      expect([path, api.status, api.headers.get('content-type')]).toEqual([
        path,
        status,
        'application/problem+json; charset=utf-8',
      ]);
    }
    // A program's request, and what is sent rather than opened.
    expect((await visitor().open('/nope')).headers.get('content-type')).toContain('problem+json');
    expect((await visitor(browser).send('/nope', {})).headers.get('content-type')).toContain('problem+json');
  });

  it('lead on to no other site', async () => {
    const { email } = await registered();
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/account/../..//evil.example',
      '/api/profile',
    ]) {
      const visit = visitor();
      await visit.open(`/account/sign-in?next=${encodeURIComponent(next)}`);
      const page = await visit.submit('/account/sign-in', { email, password: PASSWORD, next });
      expect(page.path).toBe('/account');
    }
  });

  it('take no form of another site, and none without the token of the session', async () => {
    const { visit, email } = await registered();
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    await visit.open('/account');
    const page = await visit.submit('/account/profile', { name: 'Eve' }, foreign);
    expect(page.status).toBe(403);
    await visit.open('/account');
    expect((await visit.submit('/account/profile', { name: 'Eve', csrf: 'guessed' })).status).toBe(403);
    expect((await visit.open('/account')).html).not.toContain('Eve');
    const signIn = visitor();
    await signIn.open('/account/sign-in');
    const refused = await signIn.submit('/account/sign-in', { email, password: PASSWORD }, foreign);
    expect(refused.status).toBe(403);
    expect(signIn.jar.valueOf('access')).toBe('');
  });

  it.each([
    ['en', 'its forms work at'],
    ['de', 'ihre Formulare funktionieren nur unter'],
  ])('say where they work to who opened them elsewhere (%s)', async (language, sentence) => {
    const visit = visitor({ 'Accept-Language': language });
    const opened = 'http://localhost:1';
    await visit.open('/account/sign-in');
    const page = await visit.submit(
      '/account/sign-in',
      { email: address(), password: PASSWORD },
      { Origin: opened },
    );
    const origin = server.url.replace('127.0.0.1', 'localhost');
    const [, problem = ''] = /role="alert"[^>]*>([^<]*)</.exec(page.html) ?? [];
    expect([page.status, problem.includes(sentence)]).toEqual([403, true]);
    expect([problem.includes(opened), problem.includes(origin)]).toEqual([true, true]);
    const unknown = await visit.submit('/account/sign-in', {}, { Origin: 'null' });
    expect([unknown.status, unknown.html.includes(sentence)]).toEqual([403, false]);
  });

  it('take forms, and the API takes none', async () => {
    const body = new URLSearchParams({ email: address(), password: PASSWORD });
    const answer = await fetch(`${server.url}/api/auth/register`, { method: 'POST', body });
    expect(answer.status).toBe(415);
  });

  it('refuse a form of more fields than any has, before it is read', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => index.toString(36));
    const body = new URLSearchParams(names.map((name): [string, string] => [name, '']));
    expect(body.toString().length).toBeLessThan(65_536);
    expect((await fetch(`${server.url}/account/sign-in`, { method: 'POST', body })).status).toBe(413);
  });

  it('change name, password and address', async () => {
    const { visit, email } = await registered();
    await visit.open('/account');
    const saved = await visit.submit('/account/profile', { name: 'Ada <b>Lovelace</b>' });
    expect(saved.html).toContain('value="Ada &lt;b&gt;Lovelace&lt;/b&gt;"');
    await visit.submit('/account/email', { email: `new-${email}`, password: PASSWORD });
    const [mail] = await readOutbox(server.dataDir, {
      to: `new-${email}`,
      template: 'email-change',
      atLeast: 1,
    });
    await visit.open('/confirm-email');
    const confirmed = await visit.submit('/confirm-email', { token: mail?.token ?? '' });
    expect(confirmed.html).toContain('Your e-mail address is changed.');
    await visit.open('/account/password');
    const changed = await visit.submit('/account/password', {
      currentPassword: PASSWORD,
      newPassword: ANOTHER,
    });
    expect(changed.path).toBe('/account/password?note=done');
    expect((await visit.open('/account')).html).toContain(`new-${email}`);
  });

  it('set a password anew by the mailed link, which opening it does not use up', async () => {
    const { email } = await registered();
    const visit = visitor();
    await visit.open('/account/forgot-password');
    const sent = await visit.submit('/account/forgot-password', { email });
    expect([sent.status, sent.html.includes(email)]).toEqual([200, true]);
    const [mail] = await readOutbox(server.dataDir, { to: email, template: 'password-reset', atLeast: 1 });
    expect(mail?.link).toBe(
      `${server.url.replace('127.0.0.1', 'localhost')}/reset-password#token=${mail?.token}`,
    );
    await visit.open('/reset-password');
    await visit.open('/reset-password');
    const short = await visit.submit('/reset-password', { token: mail?.token ?? '', password: 'short' });
    expect(short.status).toBe(400);
    const page = await visit.submit('/reset-password', { token: mail?.token ?? '', password: ANOTHER });
    expect(page.path).toBe('/account/sign-in?note=reset');
    const back = await visit.submit('/account/sign-in', { email, password: ANOTHER });
    expect(back.path).toBe('/account');
  });

  it('take the whole link where its code is asked for, and say of what can be no code what to paste', async () => {
    const { email } = await registered();
    const [mail] = await readOutbox(server.dataDir, {
      to: email,
      template: 'email-verification',
      atLeast: 1,
    });
    const visit = visitor();
    await visit.open('/verify-email');
    for (const token of ['hello', mail?.token?.slice(0, -1) ?? '', 'x'.repeat(300)]) {
      const refused = await visit.submit('/verify-email', { token, password: PASSWORD });
      expect([refused.status, refused.html.includes('aria-invalid')]).toEqual([400, true]);
      expect(refused.html).toContain('Paste the whole link, or what follows token= in it');
    }
    const unknown = `lk_ot_${'x'.repeat(43)}`;
    const old = await visit.submit('/verify-email', { token: unknown, password: PASSWORD });
    expect([old.status, old.html.includes('This link is not good any more.')]).toEqual([400, true]);
    const link = `  https://elsewhere.example/verify-email#token=${mail?.token} `;
    const page = await visit.submit('/verify-email', { token: link, password: PASSWORD });
    expect(page.html).toContain('Your e-mail address is verified.');
  });

  it('verify the address by the mailed link, with the password where there is no session', async () => {
    const { email } = await registered();
    const [mail] = await readOutbox(server.dataDir, {
      to: email,
      template: 'email-verification',
      atLeast: 1,
    });
    const token = mail?.token ?? '';
    const visit = visitor();
    await visit.open('/verify-email');
    expect((await visit.submit('/verify-email', { token })).status).toBe(401);
    const page = await visit.submit('/verify-email', { token, password: PASSWORD });
    expect(page.html).toContain('Your e-mail address is verified.');
  });

  it('sign out one device, and all others', async () => {
    const { visit, email } = await registered();
    const other = visitor({
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    });
    await other.open('/account/sign-in');
    await other.submit('/account/sign-in', { email, password: PASSWORD });
    expect((await visit.open('/account/sessions')).html).toContain('Firefox');
    const page = await visit.submit('/account/sessions/end-others', {});
    expect(page.html).not.toContain('Firefox');
    expect((await other.open('/account')).path).toBe('/account/sign-in?next=%2Faccount');
  });

  it('ask for the password again before other devices are signed out, where it was shown long ago', async () => {
    const { visit, email } = await registered();
    await server.api.login(email, PASSWORD);
    server.clock.advance(16 * 60_000);
    await visit.open('/account/sessions');
    const asked = await visit.submit('/account/sessions/end-others', {});
    expect(asked.html).toContain('autocomplete="current-password"');
    const page = await visit.submit('/account/sessions/end-others', { password: PASSWORD });
    expect(page.path).toBe('/account/sessions?note=done');
  });

  it('go on with a session whose access token has expired', async () => {
    const { visit, email } = await registered();
    server.clock.advance(16 * 60_000);
    // As a browser does once it has expired.
    visit.jar.keep(new Headers({ 'Set-Cookie': 'latchkey_access=; Max-Age=0; Path=/' }));
    const page = await visit.open('/account');
    expect([page.status, page.path]).toEqual([200, '/account']);
    expect(page.html).toContain(email);
  });

  it('give everything that is held, and delete the account', async () => {
    const { visit, email } = await registered();
    const file = await visit.open('/account/data/export');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(JSON.parse(file.html)).toMatchObject({ profile: { email } });
    await visit.open('/account/data');
    expect((await visit.submit('/account/data/delete', { password: 'wrong password' })).status).toBe(401);
    const page = await visit.submit('/account/data/delete', { password: PASSWORD });
    expect(page.html).toContain('Your account is deleted');
    expect(visit.jar.valueOf('access')).toBe('');
  });

  it('tell what happened to the account', async () => {
    const { visit } = await registered();
    expect((await visit.open('/account/activity')).html).toContain('Account created');
  });

  it('speak German to who asks for it', async () => {
    const page = await visitor({ 'Accept-Language': 'de-AT,de;q=0.9,en;q=0.5' }).open('/account/sign-in');
    expect(page.html).toContain('<html lang="de">');
    expect(page.html).toContain('Passwort vergessen?');
  });

  it('lead password managers to the form that changes a password', async () => {
    const { visit } = await registered();
    expect((await visit.open('/.well-known/change-password')).path).toBe('/account/password');
  });

  it('have no secret in an address', async () => {
    const { visit } = await registered();
    const page = await visit.open('/account/sessions');
    expect(page.html).not.toMatch(/(href|action|src)="[^"]*(token|csrf)=/);
  });
});

describe('Without account pages', () => {
  it('there are none, and mailed links lead to the front end of LINKS_URL', async () => {
    const server = await startTestApp({
      environment: { ACCOUNT_PAGES: 'off', LINKS_URL: 'https://app.example.com' },
    });
    try {
      for (const path of ['/', '/account', '/reset-password'])
        expect((await fetch(server.url + path)).status).toBe(404);
      const { body } = await server.api.register();
      const [mail] = await readOutbox(server.dataDir, { to: body.user.email, atLeast: 1 });
      expect(mail?.link).toMatch(/^https:\/\/app\.example\.com\/verify-email#token=/);
    } finally {
      await server.close();
    }
  });
});
