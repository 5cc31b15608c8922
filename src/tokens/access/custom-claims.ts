import { isSafeJson, type JsonValue } from '../../common/json-value.js';
import { isMayActClaim } from './may-act-claim.js';

/** Claims of a team's own in an access token, by name. JSON, at most 2,048 bytes of it. */
export type CustomClaims = Readonly<Record<string, JsonValue>>;

/** So that the whole token still fits into a cookie, with the registered claims and its signature. */
const BYTES_MAX = 2048;
const DEPTH_MAX = 8;
/** Visible ASCII, e.g. `tenant` or `https://example.com/tenant`. */
const NAME = /^[\x21-\x7e]{1,255}$/;

/** What other claims mean is said elsewhere: RFC 7519, 8693, 8705, 9068, 9449, OpenID Connect Core and Session. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'iss sub aud exp nbf iat jti sid client_id roles scope cnf act auth_time acr amr azp nonce at_hash c_hash s_hash ' +
    'events toe txn sub_jwk orig dest attest rsid sip_from_tag typ alg kid __proto__'
  ).split(' '),
);

/** Of claims that no token can have: a mistake in the code that made them. */
export class CustomClaimsError extends Error {}

/** @throws CustomClaimsError that names the claim, never its value */
export function checkCustomClaims(claims: Readonly<Record<string, unknown>>): CustomClaims {
  for (const [name, value] of Object.entries(claims)) {
    if (RESERVED.has(name)) throw new CustomClaimsError(`The claim ${name} is reserved.`);
    if (!NAME.test(name)) throw new CustomClaimsError('A custom claim has a name that is not visible ASCII.');
    if (!isSafeJson(value, DEPTH_MAX)) throw new CustomClaimsError(`The claim ${name} is no JSON value.`);
    if (name === 'may_act' && !isMayActClaim(value))
      throw new CustomClaimsError('The claim may_act names no actor by sub.');
  }
  const bytes = Buffer.byteLength(JSON.stringify(claims));
  if (bytes > BYTES_MAX)
    throw new CustomClaimsError(`The custom claims have ${bytes} bytes; ${BYTES_MAX} is the most.`);
  return claims as CustomClaims;
}

/** Those of a verified payload that are a team's own; frozen, all the way down. */
export function customClaimsOf(payload: Readonly<Record<string, unknown>>): CustomClaims {
  const own = Object.entries(payload).filter(([name]) => !RESERVED.has(name));
  return own.length === 0 ? NO_CLAIMS : (freeze(Object.fromEntries(own)) as CustomClaims);
}

/** Shared by all tokens without any. */
export const NO_CLAIMS: CustomClaims = Object.freeze({});

function freeze<T extends object>(value: T): T {
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null) freeze(member);
  return Object.freeze(value);
}
