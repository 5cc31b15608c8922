/** A mail as it goes out. */
export interface OutgoingMail {
  /** Of its row in the outbox: the same at each attempt. */
  readonly id: string;
  /** Grows with the order in which mails were written. */
  readonly position: number;
  readonly template: string;
  /** One address, nothing else. */
  readonly to: string;
  readonly from: { readonly name: string; readonly address: string };
  /** Without angle brackets; the same at each attempt. */
  readonly messageId: string;
  readonly date: Date;
  /** BCP 47. */
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * - `unavailable`: the server could not be reached, or is not ours to use. All mails wait.
 * - `deferred`: not this mail, not now (4xx).
 * - `refused`: not this mail (5xx). Given up after a few attempts.
 */
export type MailFailure = 'unavailable' | 'deferred' | 'refused';

/** Why a mail was not accepted. The message is logged: no address, no link, nothing of the mail belongs into it. */
export class MailDeliveryError extends Error {
  constructor(
    readonly failure: MailFailure,
    message: string,
  ) {
    super(message);
  }
}

/** Hands mails over for delivery. */
export abstract class Mailer {
  /** How many mails it is given at once. */
  readonly concurrency: number = 5;

  /**
   * Resolves once the mail is accepted; it may be given again if that was not learnt of.
   * @param signal aborted when no one waits any longer: after a minute, or at a shutdown
   * @throws MailDeliveryError anything else that is thrown counts as `unavailable`
   */
  abstract send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;

  /**
   * Spends on a mail without recipient (its `to` is empty) what `send` spends in this process, as far as that can be noticed by
   * any other caller, and sends nothing. Here: nothing is spent.
   */
  pretend(_mail: OutgoingMail, _signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Whether mails reach addresses with Unicode before the `@` (RFC 6531). Here: no.
   * @throws MailDeliveryError while that cannot be known
   */
  takesUnicodeAddresses(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /**
   * At a start: whether the server is there and lets us in, as far as that can be found out without a mail. Here: yes.
   * @throws MailDeliveryError if not
   */
  check(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * A user is gone: what it keeps itself of mails to the address is to go, too, but for the mail that says so, whose
   * template is `except`.
   */
  forget(_address: string, _except: string): Promise<void> {
    return Promise.resolve();
  }

  /** About once an hour: time to throw away what it keeps itself, and is of no use any more. */
  purge(_now: Date): Promise<void> {
    return Promise.resolve();
  }

  /** At shutdown, after the last mail. */
  close(): void {}
}
