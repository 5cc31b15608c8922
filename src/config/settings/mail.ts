import type { Parser, Settings } from './setting.js';
import { configOf } from './setting.js';
import { mailSender, mailUrl } from './url-parsers.js';

/** As BCP 47 writes it. */
const languageTag: Parser<string> = {
  must: 'must be a language such as en or de-AT',
  parse: (text) => (/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(text) ? text : undefined),
};

export const MAIL_SETTINGS = {
  server: {
    name: 'MAIL_URL',
    unset: 'files in `DATA_DIR/outbox`',
    parser: mailUrl(),
    meaning:
      '`smtp://[user:password@]host[:port]` or `smtps://…`; TLS is required but for this machine ([more](mail.md))',
    example: 'smtp://user:password@mail.example.com',
  },
  from: {
    name: 'MAIL_FROM',
    derived: '`no-reply@` and the host of `PUBLIC_URL`',
    parser: mailSender(),
    meaning: 'who sends, needed with `MAIL_URL`; without a name, `APP_NAME` sends',
    example: 'Acme <no-reply@acme.example>',
  },
  language: {
    name: 'MAIL_LANGUAGE',
    default: 'en',
    parser: languageTag,
    meaning: 'or `de`: of mails to users who ask for no language that there is',
  },
} as const satisfies Settings;

/** How mails are sent (without a server they are written into `directory`), in whose name, and in which language. */
export abstract class MailConfig extends configOf(MAIL_SETTINGS) {
  abstract readonly directory: string;
  /** How long mails in `directory` are kept: as long as the links in them may be good. */
  abstract readonly fileLifetime: number;
}
