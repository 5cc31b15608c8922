import { createHash, type JsonWebKey } from 'node:crypto';

/** The SHA-256 thumbprint of a public key (RFC 7638), which is its `kid`. */
export function jwkThumbprint(jwk: JsonWebKey): string {
  // Required members only, in lexicographic order (RFC 7638 section 3.2).
  const members =
    jwk.kty === 'RSA'
      ? { e: jwk.e, kty: jwk.kty, n: jwk.n }
      : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
