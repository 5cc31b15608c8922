import { isPlainText } from '../common/validation/text.js';
import { parseMailSender, parseMailUrl } from './mail-url.js';
import { rule } from './rules.js';

/** An https URL without query, fragment or credentials; http to this machine. */
export function IsSafeUrl(): PropertyDecorator {
  const what =
    'must be a URL that starts with https:// (or http:// for this machine), without query or fragment';
  return rule('isSafeUrl', what, (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
      return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** A text of one line, not too long. */
export function IsOneLine(): PropertyDecorator {
  return rule('isOneLine', 'must be a text of 1 to 100 characters on one line', (value) => {
    return value.trim() !== '' && value.length <= 100 && isPlainText(value);
  });
}

export function IsMailUrl(): PropertyDecorator {
  return rule(
    'isMailUrl',
    'must be smtp://[user:password@]host[:port], or smtps://… for TLS from the first byte',
    (value) => parseMailUrl(value) !== undefined,
  );
}

export function IsMailSender(): PropertyDecorator {
  return rule(
    'isMailSender',
    'must be set with MAIL_URL, to an address such as Acme <no-reply@acme.example>',
    (value) => parseMailSender(value) !== undefined,
  );
}

export function IsLanguageTag(): PropertyDecorator {
  return rule('isLanguageTag', 'must be a language such as en or de-AT', (value) =>
    /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(value),
  );
}
