import type { SecurityEventData } from '../mail.js';
import type { MailContent, MailLanguage, MailWords } from './mail-language.js';

const NOT_YOU =
  'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück und beenden Sie alle Sitzungen.';
const IGNORE =
  'Wenn Sie das nicht angefordert haben, können Sie diese E-Mail ignorieren: Es ändert sich nichts.';

const lifetime = (duration: string): string => `Der Link gilt einmal und für ${duration}.`;

const facts = (
  { at, device, ip }: SecurityEventData,
  { time }: MailWords,
): NonNullable<MailContent['facts']> => [
  ['Wann', time(at)],
  ['Gerät', device ?? 'unbekannt'],
  ['IP-Adresse', ip ?? 'unbekannt'],
];

/** Every mail in German. */
export const GERMAN: MailLanguage = {
  tag: 'de',
  greeting: (name) => (name === null ? 'Guten Tag,' : `Guten Tag ${name},`),
  linkRemark: 'Oder öffnen Sie diese Adresse in Ihrem Browser:',
  footer: (product) =>
    `${product} hat diese E-Mail automatisch verschickt. Bitte antworten Sie nicht darauf.`,
  contents: {
    'password-reset': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Setzen Sie Ihr Passwort bei ${product} zurück`,
      paragraphs: [
        `Jemand, vermutlich Sie, hat ein neues Passwort für Ihr Konto bei ${product} angefordert.`,
      ],
      action: { label: 'Neues Passwort wählen', link },
      remarks: [lifetime(duration(expiresIn)), IGNORE],
    }),
    'email-verification': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Bestätigen Sie Ihre E-Mail-Adresse bei ${product}`,
      paragraphs: [`Bitte bestätigen Sie, dass diese Adresse zu Ihrem Konto bei ${product} gehört.`],
      action: { label: 'Adresse bestätigen', link },
      remarks: [
        lifetime(duration(expiresIn)),
        'Wenn Sie sich nicht registriert haben, können Sie diese E-Mail ignorieren.',
      ],
    }),
    'email-change': ({ link, expiresIn }, { product, duration }) => ({
      subject: `Bestätigen Sie Ihre neue E-Mail-Adresse bei ${product}`,
      paragraphs: [`Bitte bestätigen Sie, dass dies die neue Adresse Ihres Kontos bei ${product} ist.`],
      action: { label: 'Neue Adresse bestätigen', link },
      remarks: [lifetime(duration(expiresIn)), IGNORE],
    }),
    invitation: ({ link, expiresIn }, { product, duration }) => ({
      subject: `Einladung zu ${product}`,
      paragraphs: [`Sie sind zu ${product} eingeladen. Wählen Sie ein Passwort, und Ihr Konto ist bereit.`],
      action: { label: 'Einladung annehmen', link },
      remarks: [lifetime(duration(expiresIn))],
    }),
    'account-exists': (_, { product }) => ({
      subject: `Sie haben bereits ein Konto bei ${product}`,
      paragraphs: [
        `Jemand, vermutlich Sie, wollte sich mit dieser Adresse bei ${product} registrieren. Sie haben bereits ein Konto: Melden Sie sich an, oder setzen Sie Ihr Passwort zurück, wenn Sie es vergessen haben.`,
      ],
      remarks: ['Wenn Sie das nicht waren, können Sie diese E-Mail ignorieren: Es hat sich nichts geändert.'],
    }),
    'password-elsewhere': (_, { product }) => ({
      subject: `Ihr Passwort für ${product} wird anderswo verwaltet`,
      paragraphs: [
        `Jemand, vermutlich Sie, hat ein neues Passwort für Ihr Konto bei ${product} angefordert. Sie melden sich mit einem Passwort an, das ${product} nicht verwaltet, etwa dem Ihrer Organisation: Nur dort kann es geändert werden.`,
      ],
      remarks: [IGNORE],
    }),
    'email-changed': ({ newEmail }, { product }) => ({
      subject: `Die E-Mail-Adresse Ihres Kontos bei ${product} wurde geändert`,
      paragraphs: [
        `Die Adresse Ihres Kontos bei ${product} ist jetzt die untenstehende. An diese hier gehen keine E-Mails mehr.`,
      ],
      facts: [['Neue Adresse', newEmail]],
      remarks: [`Wenn Sie das nicht waren, wenden Sie sich sofort an den Betreiber von ${product}.`],
    }),
    'password-changed': (data, words) => ({
      subject: `Ihr Passwort bei ${words.product} wurde geändert`,
      paragraphs: [`Das Passwort Ihres Kontos bei ${words.product} wurde geändert.`],
      facts: facts(data, words),
      remarks: [NOT_YOU],
    }),
    'account-deleted': (data, words) => ({
      subject: `Ihr Konto bei ${words.product} wurde gelöscht`,
      paragraphs: [
        `Ihr Konto bei ${words.product} wurde gelöscht, wie es jemand verlangt hat, der das Passwort kennt.`,
      ],
      facts: facts(data, words),
      remarks: [
        'Dies ist die letzte E-Mail zu diesem Konto.',
        `Wenn Sie das nicht waren, wenden Sie sich sofort an den Betreiber von ${words.product}.`,
      ],
    }),
    'new-device': (data, words) => ({
      subject: `Neue Anmeldung bei ${words.product}`,
      paragraphs: [
        `Jemand hat sich mit einem bisher unbekannten Gerät in Ihrem Konto bei ${words.product} angemeldet.`,
      ],
      facts: facts(data, words),
      remarks: ['Wenn Sie das waren, brauchen Sie nichts zu tun.', NOT_YOU],
    }),
    'refresh-token-reused': (data, words) => ({
      subject: `Eine Sitzung Ihres Kontos bei ${words.product} wurde beendet`,
      paragraphs: [
        'Der Schlüssel einer Ihrer Sitzungen wurde zweimal benutzt, wie es geschieht, wenn ihn jemand kopiert hat. Die Sitzung wurde sicherheitshalber beendet; bitte melden Sie sich erneut an.',
      ],
      facts: facts(data, words),
      remarks: [
        'Wenn das wieder geschieht, setzen Sie Ihr Passwort zurück und prüfen Sie Ihr Gerät auf unerwünschte Programme.',
      ],
    }),
    lockout: (data, words) => ({
      subject: `Viele fehlgeschlagene Anmeldungen bei ${words.product}`,
      paragraphs: [
        `Jemand hat viele falsche Passwörter für Ihr Konto bei ${words.product} versucht. Anmeldungen von neuen Geräten werden eine Weile verlangsamt; Geräte, die Sie schon benutzt haben, funktionieren weiter.`,
      ],
      facts: facts(data, words),
      remarks: [
        'Wenn Sie das nicht waren, achten Sie darauf, dass Ihr Passwort lang ist und nirgendwo sonst benutzt wird.',
      ],
    }),
  },
};
