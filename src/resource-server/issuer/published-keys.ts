import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { algorithmOf, type AsymmetricAlg } from '../../tokens/keys/signing-algorithm.js';
import { rsaWeaknessOf } from '../../tokens/keys/rsa-weakness.js';
import { TokenKey } from '../../tokens/keys/token-key.js';
import { IssuerError } from './ask-issuer.js';

const KEYS_MAX = 100;
const RSA_BITS_MIN = 2048;
const KID = /^[\x21-\x7e]{1,255}$/;
/** RFC 7518 section 6: what only the issuer may have. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** What of a JSON Web Key Set (RFC 7517 section 5) verifies access tokens. */
export interface PublishedKeys {
  readonly byKid: ReadonlyMap<string, TokenKey>;
  /** Why others do not, a sentence each. */
  readonly refused: readonly string[];
}

/**
 * Keys that are not for these algorithms are left aside; a `kid` that two keys have names neither.
 * @throws IssuerError if it is no key set, or has more than a hundred keys
 */
export function publishedKeys(
  jwks: Readonly<Record<string, unknown>>,
  algorithms: readonly AsymmetricAlg[],
): PublishedKeys {
  const { keys } = jwks;
  if (!Array.isArray(keys)) throw new IssuerError('what should be the key set has no keys');
  if (keys.length > KEYS_MAX) throw new IssuerError(`the key set has more than ${KEYS_MAX} keys`);
  const byKid = new Map<string, TokenKey>();
  const seen = new Set<unknown>();
  const refused: string[] = [];
  for (const [index, jwk] of (keys as unknown[]).entries()) {
    const read = keyOf(jwk, algorithms);
    const kid = (jwk as { kid?: unknown } | null)?.kid;
    if (typeof read === 'string') refused.push(`Key ${index + 1} of the issuer ${read}.`);
    else if (seen.has(kid)) refused.push(`Key ${index + 1} of the issuer has the kid of another.`);
    else byKid.set(read.kid, read);
    if (seen.has(kid)) byKid.delete(String(kid));
    seen.add(kid);
  }
  return { byKid, refused };
}

/** @returns why it is not taken: the end of a sentence */
function keyOf(value: unknown, algorithms: readonly AsymmetricAlg[]): TokenKey | string {
  if (typeof value !== 'object' || value === null) return 'is no object';
  const jwk = value as JsonWebKey & Record<string, unknown>;
  const problem = problemOf(jwk);
  if (problem !== undefined) return problem;
  const key = importKey(jwk);
  if (!key) return 'cannot be read';
  const own = algorithmFor(key, jwk['alg'], algorithms);
  if (own === undefined) return 'is for none of the accepted algorithms';
  const weakness = weaknessOf(key);
  return weakness ?? TokenKey.asymmetric(key, own, String(jwk['kid']));
}

/** What its members say against it. */
function problemOf({
  kid,
  use,
  key_ops: operations,
  ...others
}: JsonWebKey & Record<string, unknown>): string | undefined {
  if (typeof kid !== 'string' || !KID.test(kid)) return 'has no kid';
  if (others.kty !== 'EC' && others.kty !== 'RSA') return 'is neither of EC nor of RSA';
  if (PRIVATE_MEMBERS.some((name) => name in others)) return 'is a private key, which is not to be published';
  if (use !== undefined && use !== 'sig') return 'is not for signatures';
  const verifies = operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
  return verifies ? undefined : 'is not for verifying';
}

function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** The one that its `alg` names and its type allows; of a key that names none, the only accepted one of its type. */
function algorithmFor(
  key: KeyObject,
  alg: unknown,
  algorithms: readonly AsymmetricAlg[],
): AsymmetricAlg | undefined {
  const possible = algorithms.filter((one) => algorithmOf(key, one === 'PS256' ? 'PS256' : 'RS256') === one);
  if (alg === undefined) return possible.length === 1 ? possible[0] : undefined;
  return possible.find((one) => one === alg);
}

function weaknessOf(key: KeyObject): string | undefined {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < RSA_BITS_MIN) return `has ${bits} bits, less than ${RSA_BITS_MIN}`;
  return rsaWeaknessOf(key);
}
