import type { MailData, MailTemplate } from '../mail.js';

/** What a template is made into a mail of. */
export interface MailRequest<Template extends MailTemplate = MailTemplate> {
  readonly template: Template;
  /** Texts are in one line, and not escaped. A name that might be taken for a link is null. */
  readonly data: MailData[Template];
  /** One of `languages`. */
  readonly language: string;
  /** What people call the service: `APP_NAME`. */
  readonly product: string;
}

/** A mail's subject and both of its bodies. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The words of mails. */
export abstract class MailTemplates {
  /** BCP 47 tags of the languages that have every template. */
  abstract readonly languages: readonly string[];

  /** Called when the mail is sent, again at each attempt. A template that throws is tried again, as an attempt that failed. */
  abstract render<Template extends MailTemplate>(request: MailRequest<Template>): RenderedMail;
}
