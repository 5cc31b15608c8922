import { isPlainText } from '../common/validation/plain-text.js';
import { isLoopback } from './loopback.js';
import { parseMailSender, parseMailUrl } from './mail-url.js';
import { parseDuration } from '../common/duration.js';
import { rule, splitList } from './rules.js';

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

/** A text of one line, not too long. */
export function IsOneLine(): PropertyDecorator {
  return rule('isOneLine', 'must be a text of 1 to 100 characters on one line', (value) => {
    return value.trim() !== '' && value.length <= 100 && isPlainText(value);
  });
}

export function IsMailUrl(): PropertyDecorator {
  return rule(
    'isMailUrl',
    'must be smtp://[user:password@]host[:port], or smtps://… for TLS from the first byte; the first without user may end in ?tls=opportunistic',
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

/** Scopes (RFC 6749 section 3.3) separated by commas, or `none`. */
export function IsScopeList(): PropertyDecorator {
  return rule(
    'isScopeList',
    'must be a comma-separated list of scopes such as profile:read, or none',
    (value) => splitList(value).every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)),
  );
}

/** A duration of a second or more, or `off`. */
export function IsDurationOrOff(): PropertyDecorator {
  return rule('isDurationOrOff', 'must be a duration such as 15m, of at least 1s, or off', (value) => {
    return value === 'off' || (parseDuration(value) ?? 0) >= 1000;
  });
}
