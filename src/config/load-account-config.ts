import { availableParallelism } from 'node:os';
import type { AccountEnvironment } from './account-environment.js';
import { duration, quota } from './parsed.js';
import type { LatchkeyConfig } from './slices.js';

/** The slices that are about accounts. */
export function loadAccountConfig(
  env: AccountEnvironment,
): Pick<LatchkeyConfig, 'passwords' | 'throttling' | 'audit'> {
  return {
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
    audit: { retention: duration(env.AUDIT_RETENTION) },
  };
}
