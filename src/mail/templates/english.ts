import type { SecurityEventData } from '../mail.js';
import type { MailContent, MailLanguage, MailWords } from './mail-language.js';

const NOT_YOU = 'If this was not you, reset your password at once and end all sessions.';
const IGNORE = 'If you did not ask for this, you can ignore this mail: nothing changes.';

const lifetime = (duration: string): string => `The link works once, for ${duration}.`;

const facts = (
  { at, device, ip }: SecurityEventData,
  { time }: MailWords,
): NonNullable<MailContent['facts']> => [
  ['When', time(at)],
  ['Device', device ?? 'unknown'],
  ['IP address', ip ?? 'unknown'],
];

/** Every mail in English. */
export const ENGLISH: MailLanguage = {
  tag: 'en',
  greeting: (name) => (name === null ? 'Hello,' : `Hello ${name},`),
  linkRemark: 'Or open this address in your browser:',
  footer: (product) => `${product} sent this mail automatically. Please do not reply to it.`,
  contents: {
    'password-reset': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Reset your ${product} password`,
      paragraphs: [`Someone, most likely you, asked for a new password for your ${product} account.`],
      action: { label: 'Choose a new password', link },
      remarks: [lifetime(duration(expiresIn)), IGNORE],
    }),
    'email-verification': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Confirm your e-mail address for ${product}`,
      paragraphs: [`Please confirm that this address belongs to your ${product} account.`],
      action: { label: 'Confirm the address', link },
      remarks: [lifetime(duration(expiresIn)), 'If you have not signed up, you can ignore this mail.'],
    }),
    'email-change': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Confirm your new e-mail address for ${product}`,
      paragraphs: [`Please confirm that this is the new address of your ${product} account.`],
      action: { label: 'Confirm the new address', link },
      remarks: [lifetime(duration(expiresIn)), IGNORE],
    }),
    invitation: ({ link, expiresIn }, { product, duration }) => ({
      subject: `You are invited to ${product}`,
      paragraphs: [`You have been invited to ${product}. Choose a password, and your account is ready.`],
      action: { label: 'Accept the invitation', link },
      remarks: [lifetime(duration(expiresIn))],
    }),
    'account-exists': (_, { product }) => ({
      subject: `You already have an account at ${product}`,
      paragraphs: [
        `Someone, most likely you, tried to sign up at ${product} with this address. You already have an account: log in, or reset your password if you have forgotten it.`,
      ],
      remarks: ['If this was not you, you can ignore this mail: nothing has changed.'],
    }),
    'password-elsewhere': (_, { product }) => ({
      subject: `Your ${product} password is kept elsewhere`,
      paragraphs: [
        `Someone, most likely you, asked for a new password for your ${product} account. You log in with a password that ${product} does not keep, such as the one of your organisation: it can be changed only there.`,
      ],
      remarks: [IGNORE],
    }),
    'email-changed': ({ newEmail }, { product }) => ({
      subject: `The e-mail address of your ${product} account was changed`,
      paragraphs: [
        `The address of your ${product} account is now the one below. Mails no longer go to this one.`,
      ],
      facts: [['New address', newEmail]],
      remarks: [`If this was not you, contact the people who run ${product} at once.`],
    }),
    'password-changed': (data, words) => ({
      subject: `Your ${words.product} password was changed`,
      paragraphs: [`The password of your ${words.product} account was changed.`],
      facts: facts(data, words),
      remarks: [NOT_YOU],
    }),
    'account-deleted': (data, words) => ({
      subject: `Your ${words.product} account was deleted`,
      paragraphs: [`Your ${words.product} account was deleted, as was asked with its password.`],
      facts: facts(data, words),
      remarks: [
        'This is the last mail about the account.',
        `If this was not you, contact the people who run ${words.product} at once.`,
      ],
    }),
    'new-device': (data, words) => ({
      subject: `New login to your ${words.product} account`,
      paragraphs: [
        `Someone logged in to your ${words.product} account on a device that has not been used before.`,
      ],
      facts: facts(data, words),
      remarks: ['If this was you, there is nothing to do.', NOT_YOU],
    }),
    'refresh-token-reused': (data, words) => ({
      subject: `A session of your ${words.product} account was ended`,
      paragraphs: [
        'A credential of one of your sessions was used twice, as it is when someone has copied it. The session was ended to be on the safe side; please log in again.',
      ],
      facts: facts(data, words),
      remarks: ['If it happens again, reset your password and look for unwanted software on your device.'],
    }),
    lockout: (data, words) => ({
      subject: `Many failed logins to your ${words.product} account`,
      paragraphs: [
        `Someone tried many wrong passwords for your ${words.product} account. Logins from new devices are slowed down for a while; devices you have used before still work.`,
      ],
      facts: facts(data, words),
      remarks: ['If this was not you, make sure that your password is long and used nowhere else.'],
    }),
  },
};
