import { createHash } from 'node:crypto';
import { bytesOf, isEqual, malformed } from './stored-hash.js';

const FORMAT = /^\{(S?)(SHA|SHA256|SHA384|SHA512|MD5)\}([A-Za-z0-9+/]{22,172}={0,2})$/;

/** @type {Readonly<Record<string, [algorithm: string, bytes: number]>>} */
const DIGESTS = {
  MD5: ['md5', 16],
  SHA: ['sha1', 20],
  SHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
  SHA512: ['sha512', 64],
};

/**
 * `userPassword` of LDAP directories (RFC 2307): base64 of digest and salt. Fast, and so weak.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readLdapDigest(stored) {
  if (!stored.startsWith('{')) return undefined;
  const [, salted, scheme = '', text = ''] = FORMAT.exec(stored) ?? [];
  const [algorithm, length] = DIGESTS[scheme] ?? [];
  if (!algorithm || !length) throw malformed('LDAP');
  const bytes = bytesOf(text, 'LDAP');
  const salt = bytes.subarray(length);
  if (bytes.length < length || salt.length > 0 !== (salted === 'S')) throw malformed('LDAP');
  return {
    format: `ldap-${salted?.toLowerCase()}${scheme.toLowerCase()}`,
    weakness: salted ? 'fast' : 'unsalted',
    matches: (password) =>
      isEqual(createHash(algorithm).update(password).update(salt).digest(), bytes.subarray(0, length)),
  };
}
