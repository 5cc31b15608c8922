import { MailTimings } from '../../src/mail/sending/mail-timings.js';

/** Discreet mails at once, too: most tests are not about what time tells. */
export const IMPATIENT: MailTimings = { ...new MailTimings(), discretionMin: 0, discretionMax: 0 };
