import type { SendMailOptions } from 'nodemailer';
import { addressForMail } from '../../common/validation/email-address.js';
import { MailDeliveryError, type OutgoingMail } from './mailer.js';

/** One address, as it can be registered: no list, no header, no route. */
const PLAIN_ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()\\,;"@]{1,255}$/u;

/**
 * The mail as nodemailer takes it.
 * @throws MailDeliveryError if the address is not one address: it would add recipients, or headers
 */
export function toMessage(mail: OutgoingMail): SendMailOptions {
  if (!PLAIN_ADDRESS.test(mail.to)) throw new MailDeliveryError('refused', 'the address is none');
  const address = addressForMail(mail.to);
  return {
    // A copy: nodemailer writes into it.
    from: { ...mail.from },
    to: { name: '', address },
    envelope: { from: mail.from.address, to: [address] },
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: {
      'Content-Language': mail.language,
      // RFC 3834: no out-of-office reply answers it; the second is for Exchange.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    textEncoding: 'quoted-printable',
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
