import type { Principal } from '../../common/principal.js';
import { isPlainText } from '../../common/validation/plain-text.js';
import { type ActorClaim, actorsOf } from './actor-claim.js';
import { customClaimsOf } from './custom-claims.js';

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
  /** The key that it is bound to (RFC 9449 section 6.1). */
  readonly cnf?: { readonly jkt: string };
  /** Who acts for the subject (RFC 8693 section 4.1). */
  readonly act?: ActorClaim;
}

/** Visible ASCII, so that it is the same in a header, a log line and a query as in the token. */
const IDENTIFIER = /^[\x21-\x7e]{1,255}$/;
/** As the session's id is written: revocations are looked up by this text. */
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Scope tokens with one space between them (RFC 6749 section 3.3). */
const SCOPE = /^(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?$/;

/** SHA-256, base64url. */
const THUMBPRINT = /^[\w-]{43}$/;

/** @returns the claims if every one is there, of its type and in its form; undefined otherwise */
export function readClaims(payload: Record<string, unknown>): AccessTokenClaims | undefined {
  const { iss, sub, aud, exp, nbf, iat, jti, sid, client_id, roles, scope, cnf, act } = payload;
  const texts = [iss, aud].every((value) => typeof value === 'string');
  const identifiers = [sub, jti, client_id].every((value) => matches(IDENTIFIER, value));
  const times = [exp, nbf, iat].every((value) => Number.isSafeInteger(value) && (value as number) > 0);
  const names = Array.isArray(roles) && roles.every(isRoleName);
  const forms =
    matches(SESSION_ID, sid) && matches(SCOPE, scope) && isConfirmation(cnf) && actorsOf(act) !== undefined;
  return texts && identifiers && times && names && forms
    ? (payload as typeof payload & AccessTokenClaims)
    : undefined;
}

function matches(form: RegExp, value: unknown): boolean {
  return typeof value === 'string' && form.test(value);
}

/** None, or `{jkt}`: what else a token may be bound to cannot be checked here. */
function isConfirmation(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { jkt, ...others } = value as Record<string, unknown>;
  return matches(THUMBPRINT, jkt) && Object.keys(others).length === 0;
}

/** Any text in one line that says something; white space at an end would be lost in a header. */
function isRoleName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value === value.trim() && isPlainText(value);
}

/** @param latest when it expires at the latest, whatever `exp` says; milliseconds */
export function toPrincipal(claims: AccessTokenClaims, latest: number): Principal {
  return Object.freeze<Principal>({
    subject: claims.sub,
    sessionId: claims.sid,
    tokenId: claims.jti,
    clientId: claims.client_id,
    isClient: claims.sub === claims.client_id,
    roles: Object.freeze([...claims.roles]),
    scopes: Object.freeze(claims.scope === '' ? [] : claims.scope.split(' ')),
    issuedAt: claims.iat * 1000,
    expiresAt: Math.min(claims.exp * 1000, latest),
    claims: customClaimsOf({ ...claims }),
    ...(claims.cnf && { jkt: claims.cnf.jkt }),
    ...(claims.act && { actors: Object.freeze(actorsOf(claims.act) ?? []) }),
  });
}
