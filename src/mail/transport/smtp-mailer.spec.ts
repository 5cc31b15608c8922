import { describe, expect, it } from '@jest/globals';
import { OUTGOING_MAIL } from '../../../test/support/outgoing-mail.js';
import { SmtpMailer } from './smtp-mailer.js';

const MAIL = {
  ...OUTGOING_MAIL,
  to: '',
  text: 'A line.\r\n.\r\nAnother after a line with a dot alone.\r\n'.repeat(500),
  html: `<p>${'Long. '.repeat(20_000)}</p>`,
};

describe('A mail without recipient', () => {
  it('is spoken through to its end with no server at all, again and again', async () => {
    const nowhere = {
      host: 'mail.invalid',
      port: 25,
      secure: false,
      requireTls: true,
      user: 'ada',
      password: 'secret',
    };
    const mailer = new SmtpMailer(nowhere);
    try {
      await Promise.all(Array.from({ length: 12 }, () => mailer.pretend(MAIL, new AbortController().signal)));
      await mailer.pretend(MAIL, new AbortController().signal);
      await expect(
        mailer.send({ ...MAIL, to: 'ada@example.com' }, new AbortController().signal),
      ).rejects.toMatchObject({
        failure: 'unavailable',
      });
    } finally {
      mailer.close();
    }
  });
});
