import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { SigningAlg } from '../../config/config.js';

/** RFC 7518 section 3.5: as many bytes as the hash has. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/**
 * The signature as a JWS has it (RFC 7518 section 3).
 * @param input the JWS signing input (RFC 7515 section 5.1)
 */
export function localSignature(key: KeyObject, alg: SigningAlg, input: Buffer): Buffer {
  if (alg === 'HS256') return createHmac('sha256', key).update(input).digest();
  const hash = alg === 'ES384' ? 'sha384' : 'sha256';
  if (alg === 'PS256') return sign(hash, input, { key, ...PSS });
  return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' });
}
