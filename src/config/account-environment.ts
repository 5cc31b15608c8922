import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { parseMailUrl } from './mail-url.js';
import { IsDuration, IsIntegerBetween, IsQuota } from './rules.js';
import {
  IsDurationOrOff,
  IsLanguageTag,
  IsMailSender,
  IsMailUrl,
  IsOneLine,
  IsSafeUrl,
  IsScopeList,
} from './account-rules.js';

/** A password is waited for by a person. */
const BREACHED_PASSWORDS_TIMEOUT_MAX = 10_000;
/** Every user may choose 64 characters (NIST SP 800-63B-4 section 3.1.1.2). */
const PASSWORD_MIN_LENGTH_MAX = 64;
/** Browsers keep no cookie longer (RFC 6265bis section 5.5). */
const COOKIE_LIFETIME_MAX = 400 * 86_400_000;
const ACCOUNT_DELAY_MAX_MAX = 86_400_000;

export const REGISTRATION_MODES = ['open', 'verify-first', 'invite-only', 'closed'] as const;

/** The part of the environment that is about accounts: passwords, limits, mail. */
export class AccountEnvironment {
  @IsIn(['bcrypt', 'argon2id'], { message: 'must be bcrypt or argon2id' })
  PASSWORD_HASH = 'bcrypt';

  @IsIntegerBetween(4, 20)
  BCRYPT_COST = '12';

  @IsOptional()
  @IsIntegerBetween(1, 256)
  HASH_WORKERS?: string;

  @IsOneLine()
  APP_NAME = 'Latchkey';

  @IsIntegerBetween(8, PASSWORD_MIN_LENGTH_MAX)
  PASSWORD_MIN_LENGTH = '8';

  @IsOptional()
  @IsSafeUrl()
  BREACHED_PASSWORDS_URL?: string;

  @IsDuration(50, BREACHED_PASSWORDS_TIMEOUT_MAX)
  BREACHED_PASSWORDS_TIMEOUT = '1s';

  @IsIn(['allow', 'refuse'], { message: 'must be allow or refuse' })
  BREACHED_PASSWORDS_ON_FAILURE = 'allow';

  @IsIn(REGISTRATION_MODES, { message: `must be one of ${REGISTRATION_MODES.join(', ')}` })
  REGISTRATION = 'open';

  /** In tokens, for other services and a team's own routes: no route for users asks for a scope here. */
  @IsOptional()
  @IsScopeList()
  UNVERIFIED_SCOPES?: string;

  @IsDuration(60_000)
  INITIAL_ADMIN_PASSWORD_TTL = '24h';

  @IsDurationOrOff()
  REAUTHENTICATION_MAX_AGE = '15m';

  @IsDuration()
  INVITATION_TTL = '7d';

  @IsQuota()
  LOGIN_RATE_LIMIT = '5/1m';

  @IsQuota()
  REGISTER_RATE_LIMIT = '60/1m';

  @IsQuota()
  REFRESH_RATE_LIMIT = '600/1m';

  @IsQuota()
  FORGOT_RATE_LIMIT = '5/1m';

  @IsQuota()
  RESET_RATE_LIMIT = '10/1m';

  @IsQuota()
  VERIFY_RATE_LIMIT = '10/1m';

  @IsDuration()
  RESET_TOKEN_TTL = '15m';

  @IsDuration()
  VERIFICATION_TOKEN_TTL = '24h';

  @IsDuration(0)
  MAIL_MIN_INTERVAL = '1m';
  @IsQuota()
  RESEND_RATE_LIMIT = '5/10m';

  @IsQuota()
  REAUTHENTICATION_RATE_LIMIT = '5/1m';

  @IsIntegerBetween(1, 1_000_000)
  ACCOUNT_FAILURES = '10';

  @IsDuration(1000, ACCOUNT_DELAY_MAX_MAX)
  ACCOUNT_DELAY_MAX = '15m';

  @IsDuration(1000, COOKIE_LIFETIME_MAX)
  KNOWN_DEVICE_TTL = '180d';
  @IsDuration(86_400_000)
  AUDIT_RETENTION = '365d';

  @IsOptional()
  @IsMailUrl()
  MAIL_URL?: string;

  @ValidateIf((env: AccountEnvironment) => env.MAIL_FROM !== undefined || hasMailServer(env))
  @IsMailSender()
  MAIL_FROM?: string;

  @IsLanguageTag()
  MAIL_LANGUAGE = 'en';
}

function hasMailServer({ MAIL_URL }: AccountEnvironment): boolean {
  return MAIL_URL !== undefined && parseMailUrl(MAIL_URL) !== undefined;
}

/** Names that may be set; optional ones have no property until then. */
export const ACCOUNT_ENVIRONMENT_NAMES = [
  'PASSWORD_HASH',
  'BCRYPT_COST',
  'HASH_WORKERS',
  'APP_NAME',
  'PASSWORD_MIN_LENGTH',
  'BREACHED_PASSWORDS_URL',
  'BREACHED_PASSWORDS_TIMEOUT',
  'BREACHED_PASSWORDS_ON_FAILURE',
  'REGISTRATION',
  'UNVERIFIED_SCOPES',
  'INITIAL_ADMIN_PASSWORD_TTL',
  'REAUTHENTICATION_MAX_AGE',
  'INVITATION_TTL',
  'LOGIN_RATE_LIMIT',
  'REGISTER_RATE_LIMIT',
  'REFRESH_RATE_LIMIT',
  'FORGOT_RATE_LIMIT',
  'RESET_RATE_LIMIT',
  'VERIFY_RATE_LIMIT',
  'RESET_TOKEN_TTL',
  'VERIFICATION_TOKEN_TTL',
  'MAIL_MIN_INTERVAL',
  'RESEND_RATE_LIMIT',
  'REAUTHENTICATION_RATE_LIMIT',
  'ACCOUNT_FAILURES',
  'ACCOUNT_DELAY_MAX',
  'KNOWN_DEVICE_TTL',
  'AUDIT_RETENTION',
  'MAIL_URL',
  'MAIL_FROM',
  'MAIL_LANGUAGE',
] as const satisfies readonly (keyof AccountEnvironment)[];
