import { duration, integer, quota } from './parsers.js';
import { type Settings, configOf } from './setting.js';

/** Browsers keep no cookie longer (RFC 6265bis section 5.5). */
const COOKIE_LIFETIME_MAX = 400 * 86_400_000;
const ACCOUNT_DELAY_MAX_MAX = 86_400_000;

export const THROTTLING_SETTINGS = {
  login: {
    name: 'LOGIN_RATE_LIMIT',
    default: '5/1m',
    parser: quota(),
    meaning: 'attempts per client address ([all limits](security.md#limits))',
  },
  register: {
    name: 'REGISTER_RATE_LIMIT',
    default: '60/1m',
    parser: quota(),
    meaning: 'registrations',
  },
  refresh: { name: 'REFRESH_RATE_LIMIT', default: '600/1m', parser: quota(), meaning: 'refreshes' },
  forgot: {
    name: 'FORGOT_RATE_LIMIT',
    default: '5/1m',
    parser: quota(),
    meaning: 'links asked for to reset a password',
  },
  reset: { name: 'RESET_RATE_LIMIT', default: '10/1m', parser: quota(), meaning: 'resets of a password' },
  verify: {
    name: 'VERIFY_RATE_LIMIT',
    default: '10/1m',
    parser: quota(),
    meaning: 'links opened to verify or change an e-mail address',
  },
  resend: {
    name: 'RESEND_RATE_LIMIT',
    default: '5/10m',
    parser: quota(),
    meaning: 'links asked for to verify an e-mail address',
  },
  reauthentication: {
    name: 'REAUTHENTICATION_RATE_LIMIT',
    default: '5/1m',
    parser: quota(),
    meaning: 'calls of routes that ask a bearer for the password',
  },
  credential: {
    name: 'CREDENTIAL_RATE_LIMIT',
    default: '60/1m',
    parser: quota(),
    meaning: "wrong credentials of the application's own, such as API keys",
  },
  forwardAuth: {
    name: 'FORWARD_AUTH_RATE_LIMIT',
    unset: 'no limit',
    parser: quota(),
    meaning:
      'requests of one user that [gateways](gateways/README.md#quotas) ask about, where they pass 429 on, as Caddy does',
    example: '600/1m',
  },
  oauth: {
    name: 'OAUTH_RATE_LIMIT',
    default: '3000/1m',
    parser: quota(),
    meaning: 'requests to each endpoint under `/oauth`; more where one back end asks for many users',
  },
  oauthClient: {
    name: 'OAUTH_CLIENT_RATE_LIMIT',
    default: '6000/1m',
    parser: quota(),
    meaning: 'requests of one OAuth client that has proved to be it, from all addresses',
  },
  oauthSecret: {
    name: 'OAUTH_SECRET_RATE_LIMIT',
    default: '10/1m',
    parser: quota(),
    meaning: 'wrong secrets of one OAuth client from one address',
  },
  mail: {
    name: 'MAIL_RATE_LIMIT',
    default: '3/1h',
    parser: quota(),
    meaning:
      'mails to one address that strangers can have sent: links to prove it, whatever account they are for, and, counted ' +
      'apart, links to reset the password of an account that has not proved it',
  },
} as const satisfies Settings;

export const ACCOUNT_THROTTLING_SETTINGS = {
  failures: {
    name: 'ACCOUNT_FAILURES',
    default: '10',
    parser: integer(1, 1_000_000),
    meaning:
      'wrong passwords of one account that cost nothing, whatever addresses they come from; after these the wait doubles from 1 s to `ACCOUNT_DELAY_MAX`',
  },
  delayMax: {
    name: 'ACCOUNT_DELAY_MAX',
    default: '15m',
    parser: duration(1000, ACCOUNT_DELAY_MAX_MAX),
    meaning: 'the longest wait, and how long it takes until one failure is forgotten; at most `1d`',
  },
  knownDeviceTtl: {
    name: 'KNOWN_DEVICE_TTL',
    default: '180d',
    parser: duration(1000, COOKIE_LIFETIME_MAX),
    meaning:
      'how long after its last login a device is not held up by what others do to the account, at most `400d`',
  },
} as const satisfies Settings;

/** Per client address; at gateways per user. */
export abstract class ThrottlingConfig extends configOf(THROTTLING_SETTINGS) {}

/** Wrong passwords of one account, from wherever they come. */
export abstract class AccountThrottlingConfig extends configOf(ACCOUNT_THROTTLING_SETTINGS) {}
