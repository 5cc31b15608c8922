import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { type ChallengeAnswer, type Login, LoginGate } from '../../../src/index.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PageVisitor } from '../support/page-visitor.js';

const CODE = '492039';

/** Asks for a code those whose address says so. */
class CodeGate extends LoginGate {
  decide({ user }: Login) {
    if (!user.email.startsWith('careful')) return { outcome: 'allow' } as const;
    return { outcome: 'challenge', challenges: [{ kind: 'code', state: { code: CODE } }] } as const;
  }

  override check({ state, answer }: ChallengeAnswer) {
    if (answer !== state['code']) return { outcome: 'wrong' } as const;
    return { outcome: 'allow', methods: ['otp'] } as const;
  }
}

describe('Signing in by the pages', () => {
  const mails = new CapturedMails();
  let server: TestApp;
  let admin: string;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ACCOUNT_FAILURES: '3' },
      providers: [{ provide: LoginGate, useClass: CodeGate }, mails.provider],
    });
    const { email } = (await server.api.register()).body.user;
    await server.app.get(UserAdministrationService).grantRole(email, 'admin');
    admin = (await server.api.login(email)).body.accessToken;
  });
  afterAll(() => server?.close());

  const careful = () => `careful-${uniqueEmail()}`;
  async function invited(email: string): Promise<Readonly<Record<string, string>>> {
    const { status } = await server.api.post('/api/admin/invitations', { email }, { token: admin });
    expect(status).toBe(202);
    return { token: mails.token(email, 'invitation'), name: 'Ada', password: PASSWORD };
  }
  /** A wrong answer first, and then the right one. */
  async function answer(visit: PageVisitor) {
    const wrong = await visit.submit('/account/sign-in/challenge', { answer: '000000' });
    expect([wrong.status, wrong.html]).toEqual([401, expect.stringContaining('role="alert"')]);
    return visit.submit('/account/sign-in/challenge', { answer: CODE });
  }

  it('an invitation is accepted with a password, once', async () => {
    const visit = new PageVisitor(server.url);
    const email = uniqueEmail();
    const form = await invited(email);
    await visit.open('/accept-invitation');
    const short = await visit.submit('/accept-invitation', { ...form, password: 'short' });
    expect([short.status, short.html]).toEqual([400, expect.stringContaining('aria-invalid="true"')]);
    const page = await visit.submit('/accept-invitation', form);
    expect([page.status, page.path]).toEqual([200, '/account']);
    expect(page.html).toContain(email);

    const again = new PageVisitor(server.url);
    await again.open('/accept-invitation');
    expect((await again.submit('/accept-invitation', form)).status).toBe(400);
  });

  it('a login gate asks for a code, and the sign-in leads to where it was asked for', async () => {
    const email = careful();
    await server.api.register({ email });
    const visit = new PageVisitor(server.url);
    await visit.open('/account/sessions');
    const asked = await visit.submit('/account/sign-in', { email, password: PASSWORD });
    expect(asked.html).toContain('autocomplete="one-time-code"');
    expect((await visit.open('/account')).path).toMatch('/account/sign-in');

    await visit.open('/account/sessions');
    await visit.submit('/account/sign-in', { email, password: PASSWORD });
    const page = await answer(visit);
    expect([page.status, page.path]).toEqual([200, '/account/sessions']);
  });

  it.each(['uniqueEmail', 'careful'])('a new account (%s) leads to where it was asked for', async (kind) => {
    const visit = new PageVisitor(server.url);
    const { html } = await visit.open('/account/sessions');
    const [, link = ''] = /href="([^"]*\/account\/register[^"]*)"/.exec(html) ?? [];
    await visit.open(link.replaceAll('&amp;', '&'));
    const email = kind === 'careful' ? careful() : uniqueEmail();
    const registered = await visit.submit('/account/register', { email, password: PASSWORD });
    expect((kind === 'careful' ? await answer(visit) : registered).path).toBe('/account/sessions');
  });

  it('a new account leads to no other site', async () => {
    const visit = new PageVisitor(server.url);
    await visit.open('/account/register?next=https%3A%2F%2Fevil.example%2F');
    const page = await visit.submit('/account/register', { email: uniqueEmail(), password: PASSWORD });
    expect(page.path).toBe('/account');
  });

  it('guesses of others keep no one out of a device that is known', async () => {
    const email = uniqueEmail();
    const visit = new PageVisitor(server.url);
    await visit.open('/account/register');
    await visit.submit('/account/register', { email, password: PASSWORD });
    await visit.submit('/account/sign-out', {});
    for (let count = 0; count < 3; count++) await server.api.login(email, `guess ${count} of many`);

    const stranger = new PageVisitor(server.url);
    await stranger.open('/account/sign-in');
    expect((await stranger.submit('/account/sign-in', { email, password: PASSWORD })).status).toBe(429);
    const page = await visit.submit('/account/sign-in', { email, password: PASSWORD });
    expect([page.status, page.path]).toEqual([200, '/account']);
  });

  it('an initial password is changed first, and the same session goes on where it was asked for', async () => {
    const { email = '', password: oneTimePassword = '' } = server.initialAdmin ?? {};
    const visit = new PageVisitor(server.url);
    const wanted = '/account/admin/audit?outcome=failure';
    await visit.open(wanted);
    const change = await visit.submit('/account/sign-in', { email, password: oneTimePassword });
    expect(change.path).toBe(`/account/password?note=initial&next=${encodeURIComponent(wanted)}`);
    expect((await visit.open('/account/password')).path).toBe('/account/password?note=initial');
    await visit.open(change.path);
    const form = { currentPassword: oneTimePassword, newPassword: PASSWORD };
    expect((await visit.submit('/account/password', { ...form, newPassword: 'short' })).status).toBe(400);
    const page = await visit.submit('/account/password', form);
    expect([page.status, page.path]).toEqual([200, `${wanted}&note=password-set`]);
    expect(page.html).toContain('Your password is changed.');
    expect((await visit.open('/account/sessions')).path).toBe('/account/sessions');
  });

  it('asks in the same way for the first session of an account', async () => {
    const visit = new PageVisitor(server.url);
    await visit.open('/account/register');
    await visit.submit('/account/register', { email: careful(), password: PASSWORD });
    expect((await answer(visit)).path).toBe('/account');

    const other = new PageVisitor(server.url);
    const form = await invited(careful());
    await other.open('/accept-invitation');
    await other.submit('/accept-invitation', form);
    expect((await answer(other)).path).toBe('/account');
  });
});
