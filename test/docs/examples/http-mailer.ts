import { type LatchkeyComposition, MailDeliveryError, Mailer, type OutgoingMail } from 'latchkey';

/** A service that takes mails by an HTTP API. */
class HttpMailer extends Mailer {
  constructor(private readonly endpoint: string) {
    super();
  }

  async send(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const { id, to, from, subject, text, html } = mail;
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify({ to, from: from.address, subject, text, html }),
      signal,
    });
    if (response.ok) return;
    const failure =
      response.status === 422 ? 'refused' : response.status === 429 ? 'deferred' : 'unavailable';
    throw new MailDeliveryError(failure, `The mail service answered ${response.status}.`);
  }
}

export const mailsBy = (endpoint: string): LatchkeyComposition => ({
  providers: [{ provide: Mailer, useFactory: () => new HttpMailer(endpoint) }],
});
