import type { MailData, MailTemplate } from '../mail.js';

/** What a mail says, as plain text: the layout escapes it. */
export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What happened, as far as it is known. */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  readonly action?: { readonly label: string; readonly link: string };
  /** After the action. */
  readonly remarks?: readonly string[];
}

/** What the texts of one language are made with. */
export interface MailWords {
  readonly product: string;
  /** e.g. `15 minutes` */
  readonly duration: (milliseconds: number) => string;
  /** e.g. `22 November 2026 at 08:26 UTC` */
  readonly time: (at: Date) => string;
}

/** Everything that is said in one language. */
export interface MailLanguage {
  /** BCP 47. */
  readonly tag: string;
  /** Takes the name of the recipient; null: not known, or not to be said. */
  readonly greeting: (name: string | null) => string;
  /** Above the link in full. */
  readonly linkRemark: string;
  /** Takes the name of the service. */
  readonly footer: (product: string) => string;
  /** What each mail says. */
  readonly contents: {
    readonly [Template in MailTemplate]: (data: MailData[Template], words: MailWords) => MailContent;
  };
}
