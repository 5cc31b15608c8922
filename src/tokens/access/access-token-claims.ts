import type { Principal } from '../../common/principal.js';

/** The claims of an access token (RFC 9068 section 2.2). Times are NumericDate: seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid: string;
  readonly client_id: string;
  readonly roles: readonly string[];
  /** Space-separated (RFC 6749 section 3.3). */
  readonly scope: string;
}

/** @returns the claims if every one is there and of its type; undefined otherwise */
export function readClaims(payload: Record<string, unknown>): AccessTokenClaims | undefined {
  const { iss, sub, aud, exp, nbf, iat, jti, sid, client_id, roles, scope } = payload;
  const texts = [iss, sub, aud, jti, sid, client_id].every(
    (value) => typeof value === 'string' && value !== '',
  );
  const times = [exp, nbf, iat].every((value) => Number.isSafeInteger(value) && (value as number) > 0);
  const names = Array.isArray(roles) && roles.every((role) => typeof role === 'string');
  return texts && times && names && typeof scope === 'string'
    ? (payload as unknown as AccessTokenClaims)
    : undefined;
}

/** @param latest when it expires at the latest, whatever `exp` says; milliseconds */
export function toPrincipal(claims: AccessTokenClaims, latest: number): Principal {
  return Object.freeze<Principal>({
    subject: claims.sub,
    sessionId: claims.sid,
    tokenId: claims.jti,
    clientId: claims.client_id,
    roles: Object.freeze([...claims.roles]),
    scopes: Object.freeze(claims.scope === '' ? [] : claims.scope.split(' ')),
    issuedAt: claims.iat * 1000,
    expiresAt: Math.min(claims.exp * 1000, latest),
  });
}
