import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { parseMailUrl } from './mail-url.js';
import { IsIntegerBetween, IsLanguageTag, IsMailSender, IsMailUrl, IsQuota } from './rules.js';

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
  'LOGIN_RATE_LIMIT',
  'REGISTER_RATE_LIMIT',
  'REFRESH_RATE_LIMIT',
  'FORGOT_RATE_LIMIT',
  'RESET_RATE_LIMIT',
  'VERIFY_RATE_LIMIT',
  'MAIL_URL',
  'MAIL_FROM',
  'MAIL_LANGUAGE',
] as const satisfies readonly (keyof AccountEnvironment)[];
