/** What stands in a mail, by its template. Links carry a one-time token in their fragment; times are milliseconds. */
export interface MailData {
  'password-reset': LinkMail;
  'email-verification': LinkMail;
  /** To the new address. */
  'email-change': LinkMail;
  invitation: LinkMail;
  /** A caller registered with an address that has an account. */
  'account-exists': MailRecipient;
  /** A caller asked to reset the password of an account whose password is kept elsewhere. */
  'password-elsewhere': MailRecipient;
  /** To the old address. */
  'email-changed': MailRecipient & { readonly newEmail: string };
  'password-changed': MailRecipient & SecurityEventData;
  /** To who deleted their account. */
  'account-deleted': MailRecipient & SecurityEventData;
  'new-device': MailRecipient & SecurityEventData;
  'refresh-token-reused': MailRecipient & SecurityEventData;
  lockout: MailRecipient & SecurityEventData;
}

/** What every mail knows of its recipient. */
export interface MailRecipient {
  /** The addressee's. */
  readonly name: string | null;
}

/** A mail with a one-time link; `expiresIn` is in milliseconds. */
export interface LinkMail extends MailRecipient {
  readonly link: string;
  readonly expiresIn: number;
}

/** What happened to an account, as far as it is known. */
export interface SecurityEventData {
  readonly at: Date;
  readonly ip: string | null;
  /** As people call it, e.g. `Firefox on Windows`. */
  readonly device: string | null;
}

/** The name of a template, e.g. `password-reset`. */
export type MailTemplate = keyof MailData;

/**
 * Who gets a mail that is made and then thrown away: where none is to be sent, and no time is to tell, neither that of
 * the answer nor that of the next ones.
 */
export const NO_RECIPIENT = '';

/**
 * The language of notices of what happened to an account: the one who did it may be a stranger, whose request is not to choose
 * what its owner can read. Theirs is not known: the default language.
 */
export const DEFAULT_LANGUAGE = null;

/** Whether, and to whom, they go depends on who has an account: they are sent a random while after the answer. */
export const DELAYED_TEMPLATES: ReadonlySet<MailTemplate> = new Set([
  'password-reset',
  'email-verification',
  'account-exists',
  'password-elsewhere',
]);

/** A mail to one person. */
export interface Mail<Template extends MailTemplate = MailTemplate> {
  /** An address, or `NO_RECIPIENT`. */
  readonly to: string;
  readonly template: Template;
  readonly data: MailData[Template];
  /** `Accept-Language` of who asked for it (RFC 9110 section 12.5.4); null: the default language. */
  readonly language: string | null;
  /** Id of the user whose account it is about, and with which it goes unless it has been sent. */
  readonly account?: string;
}
