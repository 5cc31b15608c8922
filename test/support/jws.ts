import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { SigningAlg } from '../../src/config/config.js';

/** The orders of the curves that ES256 and ES384 use. */
export const CURVE_ORDERS = {
  ES256: Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'),
  ES384: Buffer.from(
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    'hex',
  ),
} as const;

/** A part of a compact JWS: a text or bytes as they are, anything else as JSON. */
export function encodePart(value: unknown): string {
  const bytes = Buffer.isBuffer(value) || typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(bytes).toString('base64url');
}

/** @returns the part as JSON */
export function decodePart(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/**
 * The signature of RFC 7518, with node:crypto alone, so that no test rests on the code it tests.
 * @param signed header and payload, encoded, with the dot between them
 * @param key the private key, or the shared secret
 */
export function signJws(signed: string, alg: SigningAlg, key: KeyObject): Buffer {
  const data = Buffer.from(signed);
  const signers: Record<SigningAlg, () => Buffer> = {
    HS256: () => createHmac('sha256', key).update(data).digest(),
    ES256: () => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
    ES384: () => sign('sha384', data, { key, dsaEncoding: 'ieee-p1363' }),
    RS256: () => sign('sha256', data, key),
    // The salt is as long as the hash (RFC 7518 section 3.5).
    PS256: () => sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  };
  return signers[alg]();
}

/** (r, n − s), which verifies as well as (r, s) does. */
export function withSecondSignature(token: string, alg: keyof typeof CURVE_ORDERS = 'ES256'): string {
  const order = CURVE_ORDERS[alg];
  const lastDot = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(lastDot + 1), 'base64url');
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
  const s = number(order) - number(signature.subarray(order.length));
  const twin = Buffer.concat([
    signature.subarray(0, order.length),
    Buffer.from(s.toString(16).padStart(2 * order.length, '0'), 'hex'),
  ]);
  return `${token.slice(0, lastDot)}.${twin.toString('base64url')}`;
}

/** The same bytes in base64url, spelled with another last character. */
export function withStrayBits(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = part.slice(0, -1) + alphabet.charAt(alphabet.indexOf(part.slice(-1)) | 1);
  const same = Buffer.from(other, 'base64url').equals(Buffer.from(part, 'base64url'));
  if (!same || other === part) throw new Error('No bit of its last character is left over.');
  return other;
}
