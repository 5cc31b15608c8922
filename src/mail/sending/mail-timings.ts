/** Milliseconds. Replaceable, e.g. by a test that does not want to wait. */
export class MailTimings {
  /** A mail that is not accepted by then is tried again. Less than the lease. */
  readonly sendTimeout: number = 60_000;
  /** An instance that took a mail and says nothing has died: then it is another's. */
  readonly lease: number = 90_000;
  /** What others wrote, and what is due again, is looked for so often. */
  readonly poll: number = 5_000;
  /** What is under way at a shutdown gets this long to end. */
  readonly stopGrace: number = 1_500;
  /**
   * Discreet mails are sent a random while after they were written, between these: the work of sending one, which a caller who
   * asks next might notice, does not tell whether there was one to send.
   */
  readonly discretionMin: number = 500;
  readonly discretionMax: number = 2_000;
}
