import { IsIn, IsNotEmpty, IsOptional } from 'class-validator';
import { IsDuration, IsIntegerBetween, IsQuota, IsUrlOf } from './rules.js';

/** The part of the environment that is about accounts: passwords, limits, mail. */
export class AccountEnvironment {
  @IsIn(['bcrypt', 'argon2id'], { message: 'must be bcrypt or argon2id' })
  PASSWORD_HASH = 'bcrypt';

  @IsIntegerBetween(4, 20)
  BCRYPT_COST = '12';

  @IsOptional()
  @IsIntegerBetween(1, 256)
  HASH_WORKERS?: string;

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

  @IsDuration(86_400_000)
  AUDIT_RETENTION = '365d';

  @IsOptional()
  @IsUrlOf(['smtp:', 'smtps:'])
  MAIL_URL?: string;

  @IsOptional()
  @IsNotEmpty()
  MAIL_FROM?: string;
}

/** Names that may be set; optional ones have no property until then. */
export const ACCOUNT_ENVIRONMENT_NAMES = [
  'PASSWORD_HASH',
  'BCRYPT_COST',
  'HASH_WORKERS',
  'LOGIN_RATE_LIMIT',
  'REGISTER_RATE_LIMIT',
  'REFRESH_RATE_LIMIT',
  'FORGOT_RATE_LIMIT',
  'RESET_RATE_LIMIT',
  'VERIFY_RATE_LIMIT',
  'AUDIT_RETENTION',
  'MAIL_URL',
  'MAIL_FROM',
] as const satisfies readonly (keyof AccountEnvironment)[];
