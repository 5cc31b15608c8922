import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AccountEnvironment } from './account-environment.js';
import { duration, quota } from './parsed.js';
import { type MailSenderAddress, parseMailSender, parseMailUrl } from './mail-url.js';
import { splitList } from './rules.js';
import type { LatchkeyConfig } from './slices.js';

type RegistrationMode = LatchkeyConfig['registration']['mode'];

function scopesOf(text: string): string[] {
  return text === 'none' ? [] : splitList(text);
}

/** The slices that are about accounts. */
export function loadAccountConfig(
  env: AccountEnvironment,
  publicUrl: string,
  dataDir: string,
): Pick<
  LatchkeyConfig,
  | 'accountThrottling'
  | 'audit'
  | 'authentication'
  | 'mail'
  | 'oneTimeTokens'
  | 'passwords'
  | 'registration'
  | 'throttling'
> {
  return {
    mail: {
      server: env.MAIL_URL === undefined ? undefined : parseMailUrl(env.MAIL_URL),
      from: parseMailSender(env.MAIL_FROM ?? '') ?? defaultSender(publicUrl),
      language: env.MAIL_LANGUAGE,
      directory: join(dataDir, 'outbox'),
      fileLifetime: Math.max(
        ...[env.RESET_TOKEN_TTL, env.VERIFICATION_TOKEN_TTL, env.INVITATION_TTL].map(duration),
      ),
    },
    passwords: {
      algorithm: env.PASSWORD_HASH as 'bcrypt' | 'argon2id',
      bcryptCost: Number(env.BCRYPT_COST),
      workers: env.HASH_WORKERS === undefined ? availableParallelism() : Number(env.HASH_WORKERS),
      minLength: Number(env.PASSWORD_MIN_LENGTH),
      breached: {
        url: env.BREACHED_PASSWORDS_URL,
        timeout: duration(env.BREACHED_PASSWORDS_TIMEOUT),
        onFailure: env.BREACHED_PASSWORDS_ON_FAILURE as 'allow' | 'refuse',
      },
    },
    throttling: {
      login: quota(env.LOGIN_RATE_LIMIT),
      register: quota(env.REGISTER_RATE_LIMIT),
      refresh: quota(env.REFRESH_RATE_LIMIT),
      forgot: quota(env.FORGOT_RATE_LIMIT),
      reset: quota(env.RESET_RATE_LIMIT),
      verify: quota(env.VERIFY_RATE_LIMIT),
      resend: quota(env.RESEND_RATE_LIMIT),
      reauthentication: quota(env.REAUTHENTICATION_RATE_LIMIT),
    },
    accountThrottling: {
      failures: Number(env.ACCOUNT_FAILURES),
      delayMax: duration(env.ACCOUNT_DELAY_MAX),
      knownDeviceTtl: duration(env.KNOWN_DEVICE_TTL),
    },
    registration: {
      mode: env.REGISTRATION as RegistrationMode,
      unverifiedScopes: env.UNVERIFIED_SCOPES === undefined ? undefined : scopesOf(env.UNVERIFIED_SCOPES),
      invitationTtl: duration(env.INVITATION_TTL),
    },
    authentication: {
      initialPasswordTtl: duration(env.INITIAL_ADMIN_PASSWORD_TTL),
      maxAge: env.REAUTHENTICATION_MAX_AGE === 'off' ? undefined : duration(env.REAUTHENTICATION_MAX_AGE),
    },
    oneTimeTokens: {
      resetTtl: duration(env.RESET_TOKEN_TTL),
      verificationTtl: duration(env.VERIFICATION_TOKEN_TTL),
      mailMinInterval: duration(env.MAIL_MIN_INTERVAL),
    },
    audit: { retention: duration(env.AUDIT_RETENTION) },
  };
}

/** Good enough for files. */
function defaultSender(publicUrl: string): MailSenderAddress {
  return { name: '', address: `no-reply@${new URL(publicUrl).hostname}` };
}
