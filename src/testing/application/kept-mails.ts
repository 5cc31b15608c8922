import { Mailer, type OutgoingMail } from '../../mail/transport/mailer.js';
import type { MailTemplate } from '../../mail/mail.js';
import { emailKey } from '../../users/user.js';

/** Mails go out after the answer to what they tell of. Milliseconds. */
const PATIENCE = 5_000;

/** Keeps the mails that an application under test sends, as they would go out. */
export class KeptMails extends Mailer {
  private sent: OutgoingMail[] = [];
  private readonly arrived = new EventTarget();

  /** All of them, in the order in which they were sent. */
  get all(): readonly OutgoingMail[] {
    return this.sent;
  }

  /** Called by the application, once a mail. */
  async send(mail: OutgoingMail): Promise<void> {
    this.sent.push(mail);
    this.arrived.dispatchEvent(new Event('mail'));
  }

  /** Those to an address, in any case, that have been sent. */
  to(address: string): readonly OutgoingMail[] {
    return this.sent.filter(({ to }) => emailKey(to) === emailKey(address));
  }

  /**
   * The last mail to an address; waits for it if there is none.
   * @param template e.g. `password-reset`
   * @throws Error if there is none within five seconds
   */
  async last(address: string, template: MailTemplate): Promise<OutgoingMail> {
    const find = () => this.to(address).findLast((mail) => mail.template === template);
    return (
      find() ??
      new Promise((resolve, reject) => {
        const found = new AbortController();
        const timer = setTimeout(() => {
          found.abort();
          reject(new Error(`${address} was sent no ${template}, but: ${this.templatesTo(address)}.`));
        }, PATIENCE);
        const look = () => {
          const mail = find();
          if (!mail) return;
          clearTimeout(timer);
          found.abort();
          resolve(mail);
        };
        this.arrived.addEventListener('mail', look, { signal: found.signal });
      })
    );
  }

  /**
   * The link in the last mail to an address; waits for it if there is none.
   * @param template one that has a link, e.g. `password-reset`
   * @throws Error as `last`, or if there is no link in it
   */
  async link(address: string, template: MailTemplate): Promise<URL> {
    const { text } = await this.last(address, template);
    const [link] = /https?:\/\/\S+#token=\S+/.exec(text) ?? [];
    if (link === undefined) throw new Error(`There is no link in ${template}.`);
    return new URL(link);
  }

  /**
   * The one-time token in that link, as a page sends it on.
   * @throws Error as `link`
   */
  async token(address: string, template: MailTemplate): Promise<string> {
    return (await this.link(address, template)).hash.replace('#token=', '');
  }

  /** Forgets all of them. */
  clear(): void {
    this.sent = [];
  }

  private templatesTo(address: string): string {
    return (
      this.to(address)
        .map(({ template }) => template)
        .join(', ') || 'nothing'
    );
  }
}
