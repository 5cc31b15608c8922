import { duration, durationOrOff, list, oneOf } from './parsers.js';
import { type Settings, configOf } from './setting.js';

/** Scopes as RFC 6749 section 3.3 writes them. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const scopes = list('must be a comma-separated list of scopes such as profile:read, or none', (scope) =>
  SCOPE.test(scope),
);

export const REGISTRATION_SETTINGS = {
  mode: {
    name: 'REGISTRATION',
    default: 'open',
    parser: oneOf('open', 'verify-first', 'invite-only', 'closed'),
    meaning:
      '`open`; `verify-first`: an account begins with the proof of its address, and no one can find out who has one; `invite-only`; `closed`',
  },
  unverifiedScopes: {
    name: 'UNVERIFIED_SCOPES',
    unset: 'all',
    parser: { ...scopes, parse: (text) => (text === 'none' ? [] : scopes.parse(text)) },
    meaning:
      'the scopes, without roles, in the access tokens of users who have not proved their address, separated by commas, or `none`. For other services and your own `@Scopes()` and `@Roles()` routes: Latchkey’s own routes for users ask for no scope',
    example: 'profile:read',
  },
  invitationTtl: {
    name: 'INVITATION_TTL',
    default: '7d',
    parser: duration(),
    meaning: 'how long an invitation is good',
  },
} as const satisfies Settings;

export const AUTHENTICATION_SETTINGS = {
  initialPasswordTtl: {
    name: 'INITIAL_ADMIN_PASSWORD_TTL',
    default: '24h',
    parser: duration(60_000),
    meaning: 'how long the first administrator’s one-time password is good, at least `1m`',
  },
  maxAge: {
    name: 'REAUTHENTICATION_MAX_AGE',
    default: '15m',
    parser: durationOrOff(),
    meaning:
      'a caller who ends other sessions must have shown the password in this one within it; `off`: no such limit',
  },
} as const satisfies Settings;

export const ONE_TIME_TOKEN_SETTINGS = {
  resetTtl: {
    name: 'RESET_TOKEN_TTL',
    default: '15m',
    parser: duration(),
    meaning: 'how long a link to reset a password is good',
  },
  verificationTtl: {
    name: 'VERIFICATION_TOKEN_TTL',
    default: '24h',
    parser: duration(),
    meaning: 'the same for links that verify or change an e-mail address',
  },
  mailMinInterval: {
    name: 'MAIL_MIN_INTERVAL',
    default: '1m',
    parser: duration(0),
    meaning:
      'an address gets no second link of the same kind sooner; the time doubles with each of the last day, up to an hour; `0s`: no such limit',
  },
} as const satisfies Settings;

export const AUDIT_SETTINGS = {
  retention: {
    name: 'AUDIT_RETENTION',
    default: '365d',
    parser: duration(86_400_000),
    meaning: 'how long audit events are kept, at least `1d`',
  },
} as const satisfies Settings;

/** Who may have an account, and what those may do who have not proved their address. */
export abstract class RegistrationConfig extends configOf(REGISTRATION_SETTINGS) {}

/** How long it counts that the user has shown a password. */
export abstract class AuthenticationConfig extends configOf(AUTHENTICATION_SETTINGS) {}

/** One-time tokens, and the mails that bring them. */
export abstract class OneTimeTokensConfig extends configOf(ONE_TIME_TOKEN_SETTINGS) {}

/** How long the audit log is kept. */
export abstract class AuditConfig extends configOf(AUDIT_SETTINGS) {}
