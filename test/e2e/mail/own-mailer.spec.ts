import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Mailer, MailDeliveryError, type OutgoingMail } from '../../../src/index.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { eventually } from '../support/eventually.js';

/** As a team writes one, for the HTTP API of who delivers their mails. */
class OurMailer extends Mailer {
  readonly sent: OutgoingMail[] = [];
  readonly pretended: OutgoingMail[] = [];

  send(mail: OutgoingMail): Promise<void> {
    if (mail.to.startsWith('refused-')) throw new MailDeliveryError('refused', '422');
    this.sent.push(mail);
    return Promise.resolve();
  }

  override pretend(mail: OutgoingMail): Promise<void> {
    this.pretended.push(mail);
    return Promise.resolve();
  }
}

describeOnEachStore("A team's own mailer", (environment) => {
  let server: TestApp;
  const mailer = new OurMailer();

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ...environment(), APP_NAME: 'Acme', MAIL_FROM: 'no-reply@acme.example' },
      providers: [{ provide: Mailer, useValue: mailer }],
    });
  });
  afterAll(() => server.close());

  const german = { headers: { 'accept-language': 'de' } };
  const sent = async (to: string, template: string): Promise<OutgoingMail> => {
    const find = () => mailer.sent.find((mail) => mail.to === to && mail.template === template);
    await eventually(() => Promise.resolve(expect(find()).toBeDefined()));
    return find() as OutgoingMail;
  };

  it('is given whole mails, and only pretends to those without recipient', async () => {
    const { email } = (await server.api.register({ name: 'Ada' })).body.user;
    expect(await sent(email, 'email-verification')).toMatchObject({
      from: { name: 'Acme', address: 'no-reply@acme.example' },
      messageId: expect.stringMatching(/^[0-9a-f-]{36}@acme\.example$/),
      language: 'en',
      text: expect.stringMatching(/^Hello,[\s\S]*\/verify-email#token=lk_ot_/),
    });
    for (const to of [uniqueEmail(), email]) {
      await server.api.post('/api/auth/password/forgot', { email: to }, german);
    }
    const reset = await sent(email, 'password-reset');
    await eventually(() => Promise.resolve(expect(mailer.pretended).toHaveLength(1)));

    const { to, subject, text } = mailer.pretended[0] as OutgoingMail;
    expect([to, subject]).toEqual(['', reset.subject]);
    expect(text.split('\n').length).toBe(reset.text.split('\n').length);
    expect(text).toMatch(/\/reset-password#token=lk_ot_[\w-]{43}$/m);
  });

  it('is given notices in the default language, whatever the one who did it reads', async () => {
    const { user, accessToken: token } = (await server.api.register()).body;
    const change = { currentPassword: PASSWORD, newPassword: 'another correct horse' };
    await server.api.post('/api/auth/password/change', change, { token, ...german });
    const wish = { email: uniqueEmail(), password: change.newPassword };
    await server.api.post('/api/auth/email/change', wish, { token, ...german });
    const link = await sent(wish.email, 'email-change');
    expect(link.language).toBe('de');
    const [, confirmation] = /#token=(\S+)/.exec(link.text) ?? [];
    await server.api.post('/api/auth/email/confirm', { token: confirmation }, { token, ...german });

    expect((await sent(user.email, 'password-changed')).language).toBe('en');
    expect((await sent(user.email, 'email-changed')).language).toBe('en');
  });

  it('prevents no registration by refusing a mail', async () => {
    expect((await server.api.register({ email: `refused-${uniqueEmail()}` })).status).toBe(201);
    const { email } = (await server.api.register()).body.user;
    await sent(email, 'email-verification');
  });
});
