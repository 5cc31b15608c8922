import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlg } from '../../config/config.js';

/** Algorithms (RFC 7518) whose tokens others can verify by a public key. */
export type AsymmetricAlg = Exclude<SigningAlg, 'HS256'>;

const RSA_BITS = 3072;
const EC_CURVES = { ES256: 'prime256v1', ES384: 'secp384r1' } as const;

const generate = promisify(generateKeyPair);

/** A private key for the algorithm (RFC 7518 section 3): P-256, P-384, or RSA of 3072 bits. */
export async function generatePrivateKey(alg: AsymmetricAlg): Promise<KeyObject> {
  const made =
    alg === 'ES256' || alg === 'ES384'
      ? await generate('ec', { namedCurve: EC_CURVES[alg] })
      : await generate('rsa', { modulusLength: RSA_BITS, publicExponent: 0x10001 });
  // Read anew: a key shares a lock with what made it, whose collection during an export as JWK stops Node 20 for good.
  return createPrivateKey(made.privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/**
 * The algorithm a key signs with: fixed by its curve; RSA keys do both RS256 and PS256, so `rsaAlg` chooses.
 * @returns undefined if no supported algorithm uses such a key
 */
export function algorithmOf(key: KeyObject, rsaAlg: 'RS256' | 'PS256'): AsymmetricAlg | undefined {
  if (key.asymmetricKeyType === 'rsa') return rsaAlg;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return (Object.keys(EC_CURVES) as (keyof typeof EC_CURVES)[]).find((alg) => EC_CURVES[alg] === curve);
}
