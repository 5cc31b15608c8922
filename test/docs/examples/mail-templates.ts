import {
  type LatchkeyComposition,
  ENGLISH,
  type MailLanguage,
  MailTemplates,
  StandardMailTemplates,
} from 'latchkey';

const FRENCH: MailLanguage = {
  ...ENGLISH, // until all of it is translated
  tag: 'fr',
  greeting: (name) => `Bonjour ${name ?? ''},`,
};
const OURS: MailLanguage = {
  ...ENGLISH,
  contents: {
    ...ENGLISH.contents,
    invitation: ({ link }, { product }) => ({
      subject: `Join us at ${product}`,
      paragraphs: ['Your colleagues are waiting.'],
      action: { label: 'Join', link },
    }),
  },
};

export const ourMails: LatchkeyComposition = {
  providers: [{ provide: MailTemplates, useValue: new StandardMailTemplates(FRENCH, OURS) }],
};
