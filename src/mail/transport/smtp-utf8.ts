import type { MailServer } from '../../config/mail-url.js';

const TIMEOUT = 5_000;

/**
 * Whether the server takes addresses with Unicode before the `@` (RFC 6531): asked with EHLO, after TLS where that is used.
 * @throws Error if it cannot be asked
 */
export async function offersSmtpUtf8({ host, port, secure, requireTls }: MailServer): Promise<boolean> {
  const { default: SmtpConnection } = await import('nodemailer/lib/smtp-connection');
  const connection = new SmtpConnection({
    host,
    port,
    secure,
    requireTLS: requireTls,
    connectionTimeout: TIMEOUT,
    dnsTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    return /^250[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || '');
  } finally {
    // Errors that follow do not matter.
    connection.removeAllListeners('error').on('error', () => undefined);
    connection.quit();
  }
}
