import { reasonOf } from '../../common/errors/without-parameters.js';
import { SmtpMailer } from '../../mail/transport/smtp-mailer.js';
import type { Check } from './subject.js';

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(535|534|530|EAUTH)/, 'Give MAIL_URL the user and the password that the server knows, percent-encoded.'],
  [
    /ETLS|certificate|self-signed|CERT/i,
    'Name the authority that signed its certificate by NODE_EXTRA_CA_CERTS; see docs/mail.md.',
  ],
  [/EDNS|ENOTFOUND|EAI_AGAIN/, 'Correct the host name, or look after the name server.'],
];
const OTHERWISE = 'Correct host and port, and make sure that it is well and that no firewall is between.';

/** Where mails go: greeting, TLS and sign-in as before a mail, and no mail. */
export const mailCheck: Check = {
  name: 'mail',
  needs: ['MAIL_URL'],
  look: async ({ config: { app, mail } }, findings) => {
    const { server } = mail;
    if (!server) {
      if (app.production)
        findings.warn(
          `MAIL_URL is not set: mails are files in ${mail.directory}, and users get none.`,
          'Set MAIL_URL and MAIL_FROM.',
        );
      else findings.ok(`MAIL_URL is not set: mails are files in ${mail.directory}.`);
      return;
    }
    const mailer = new SmtpMailer(server);
    const where = `${server.host}:${server.port}`;
    try {
      await mailer.check();
      findings.ok(`${where} lets us in${server.user === undefined ? '' : ' as the user of MAIL_URL'}.`);
    } catch (error) {
      const reason = reasonOf(error);
      const [, advice] = ADVICE.find(([pattern]) => pattern.test(reason)) ?? [];
      findings.fail(`MAIL_URL: ${where} cannot be used: ${reason}.`, advice ?? OTHERWISE);
    } finally {
      mailer.close();
    }
  },
};
