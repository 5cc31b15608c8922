import type { SessionGrant } from '../../tokens/sessions/session.js';
import type { OAuthClient } from '../clients/oauth-client.js';

/** How long a grant lasts at most; undefined: as long as each session. Milliseconds. */
export type GrantLifetimes = Pick<SessionGrant, 'refreshTokenTtl' | 'maxAge'>;

/** @param client whose grant it is */
export function lifetimesOf(
  client: Pick<OAuthClient, 'refreshTokenTtl' | 'grantMaxAge'> | undefined,
): GrantLifetimes {
  return {
    refreshTokenTtl: milliseconds(client?.refreshTokenTtl),
    maxAge: milliseconds(client?.grantMaxAge),
  };
}

function milliseconds(seconds: number | null | undefined): number | undefined {
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}
