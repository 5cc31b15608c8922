import { isEmail } from 'class-validator';
import { asciiDomainOf, partsOf } from './comparable-email.js';
import { hidesOrTurnsText } from './invisible-text.js';
import { isPlainText } from './plain-text.js';

/** RFC 5321 section 4.5.3.1.3: 256 octets for a path, less its angle brackets. */
export const EMAIL_MAX_LENGTH = 254;

/** Printable, without quotes and blanks: RFC 5321 advises against quoted local parts. Beyond ASCII: RFC 6531. */
const LOCAL_PART = /^[!#-~\P{ASCII}]+$/u;

/** Whether mails to it need a server that takes Unicode before the `@` (SMTPUTF8, RFC 6531). */
export function hasUnicodeLocalPart(address: string): boolean {
  return !/^[!-~]*$/.test(partsOf(address).local);
}

/** As mail servers that take no Unicode know it, as far as that goes: the domain in ASCII. */
export function addressForMail(address: string): string {
  const { local, domain } = partsOf(address);
  return `${local}@${asciiDomainOf(domain)}`;
}

/** @returns why it is no address that mails can be sent to, to follow "must"; undefined if it is one */
export function emailProblem(address: string): string | undefined {
  // Form first: validator.js throws on lone surrogates.
  if (!isPlainText(address)) return 'be an e-mail address';
  if (hidesOrTurnsText(address))
    return 'hold no characters that cannot be seen or that turn the direction of text';
  const { local, domain } = partsOf(address);
  const ascii = `${local}@${asciiDomainOf(domain)}`;
  const fits = Buffer.byteLength(ascii) <= EMAIL_MAX_LENGTH && Buffer.byteLength(address) <= EMAIL_MAX_LENGTH;
  return fits && LOCAL_PART.test(local) && isEmail(ascii) ? undefined : 'be an e-mail address';
}
