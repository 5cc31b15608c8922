import { duration, integer, oneOf } from './parsers.js';
import { type Settings, configOf } from './setting.js';
import { safeUrl } from './url-parsers.js';

/** A person waits for the answer. */
const BREACHED_PASSWORDS_TIMEOUT_MAX = 10_000;
/** Every user may choose 64 characters (NIST SP 800-63B-4 section 3.1.1.2). */
const PASSWORD_MIN_LENGTH_MAX = 64;

export const PASSWORD_SETTINGS = {
  algorithm: {
    name: 'PASSWORD_HASH',
    default: 'bcrypt',
    parser: oneOf('bcrypt', 'argon2id'),
    meaning: 'or `argon2id`; hashes of the other kind, or of another cost, are upgraded at the next login',
  },
  bcryptCost: {
    name: 'BCRYPT_COST',
    default: '12',
    parser: integer(4, 20),
    meaning: 'from 4 to 20; each more doubles the work',
  },
  workers: {
    name: 'HASH_WORKERS',
    derived: 'number of cores, shared among `WORKERS`',
    parser: integer(1, 256),
    meaning: 'threads that hash, of each process',
    example: '4',
  },
  minLength: {
    name: 'PASSWORD_MIN_LENGTH',
    default: '8',
    parser: integer(8, PASSWORD_MIN_LENGTH_MAX),
    meaning: 'characters, from 8 to 64',
  },
} as const satisfies Settings;

export const BREACHED_PASSWORD_SETTINGS = {
  url: {
    name: 'BREACHED_PASSWORDS_URL',
    unset: 'not asked',
    parser: safeUrl(),
    meaning:
      'a service that knows [passwords from a breach](security.md#passwords), which are refused; `https`, or `http` to this machine',
    example: 'https://api.pwnedpasswords.com/range/',
  },
  timeout: {
    name: 'BREACHED_PASSWORDS_TIMEOUT',
    default: '1s',
    parser: duration(50, BREACHED_PASSWORDS_TIMEOUT_MAX),
    meaning: 'how long a whole answer is waited for, at most `10s`',
  },
  onFailure: {
    name: 'BREACHED_PASSWORDS_ON_FAILURE',
    default: 'allow',
    parser: oneOf('allow', 'refuse'),
    meaning: 'what becomes of a password that could not be asked for; `refuse`: 503',
  },
} as const satisfies Settings;

abstract class BreachedPasswordsConfig extends configOf(BREACHED_PASSWORD_SETTINGS) {}

/** How passwords are hashed, and which may be chosen. */
export abstract class PasswordsConfig extends configOf(PASSWORD_SETTINGS) {
  /** What is asked whether a password is known from a breach. */
  abstract readonly breached: BreachedPasswordsConfig;
}
