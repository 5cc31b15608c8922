import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AccountEnvironment } from './account-environment.js';
import { type MailSenderAddress, parseMailSender, parseMailUrl } from './mail-url.js';
import { quota } from './parsed.js';
import type { LatchkeyConfig } from './slices.js';

/** The slices that are about accounts. */
export function loadAccountConfig(
  env: AccountEnvironment,
  publicUrl: string,
  dataDir: string,
): Pick<LatchkeyConfig, 'mail' | 'passwords' | 'throttling'> {
  return {
    mail: {
      server: env.MAIL_URL === undefined ? undefined : parseMailUrl(env.MAIL_URL),
      from: parseMailSender(env.MAIL_FROM ?? '') ?? defaultSender(publicUrl),
      language: env.MAIL_LANGUAGE,
      directory: join(dataDir, 'outbox'),
    },
    passwords: {
      algorithm: env.PASSWORD_HASH as 'bcrypt' | 'argon2id',
      bcryptCost: Number(env.BCRYPT_COST),
      workers: env.HASH_WORKERS === undefined ? availableParallelism() : Number(env.HASH_WORKERS),
    },
    throttling: {
      login: quota(env.LOGIN_RATE_LIMIT),
      register: quota(env.REGISTER_RATE_LIMIT),
      refresh: quota(env.REFRESH_RATE_LIMIT),
    },
  };
}

/** Good enough for files. */
function defaultSender(publicUrl: string): MailSenderAddress {
  return { name: 'Latchkey', address: `no-reply@${new URL(publicUrl).hostname}` };
}
