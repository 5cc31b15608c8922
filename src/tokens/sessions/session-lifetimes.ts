import type { TokensConfig } from '../../config/config.js';
import type { Session, SessionGrant } from './session.js';

/** How long a session lasts at most, below what the configuration says; milliseconds. */
type OwnLifetimes = Pick<SessionGrant, 'refreshTokenTtl' | 'maxAge'>;

/** Both ends of a session that is opened now. @param own undefined: as the configuration says */
export function endsOf(
  now: number,
  config: Pick<TokensConfig, 'refreshTokenTtl' | 'sessionMaxAge'>,
  own: OwnLifetimes = {},
): Pick<Session, 'idleExpiresAt' | 'expiresAt'> {
  const expiresAt = new Date(now + Math.min(config.sessionMaxAge, own.maxAge ?? Infinity));
  const idle = idleEndOf(now, config, own);
  return { idleExpiresAt: idle < expiresAt ? idle : expiresAt, expiresAt };
}

/** Of one that is used now. */
export function idleEndOf(
  now: number,
  config: Pick<TokensConfig, 'refreshTokenTtl'>,
  { refreshTokenTtl = Infinity }: Pick<OwnLifetimes, 'refreshTokenTtl'>,
): Date {
  return new Date(now + Math.min(config.refreshTokenTtl, refreshTokenTtl));
}
