import { pbkdf2Hash } from './pbkdf2.js';
import { bytesOf, malformed } from './stored-hash.js';

const FORMAT = /^\$aspnet-identity\$([A-Za-z0-9+/]{40,344}={0,2})$/;
const NAME = 'ASP.NET Identity';
const V2 = { algorithm: 'sha1', iterations: 1000, saltBytes: 16, digestBytes: 32 };
const V3_HEADER_BYTES = 13;
const V3_ALGORITHMS = ['sha1', 'sha256', 'sha512'];
const V3_MIN_BYTES = 16;

/**
 * The base64 of ASP.NET Identity's `PasswordHash` column, versions 2 and 3, behind `$aspnet-identity$`.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readAspnetIdentity(stored) {
  if (!stored.startsWith('$aspnet-identity$')) return undefined;
  const [, text] = FORMAT.exec(stored) ?? [];
  if (!text) throw malformed(NAME);
  const bytes = bytesOf(text, NAME);
  if (bytes[0] === 0) return readVersion2(bytes);
  if (bytes[0] === 1) return readVersion3(bytes);
  throw malformed(NAME);
}

/** Marker, salt, digest. @param {Buffer} bytes */
function readVersion2(bytes) {
  const { saltBytes, digestBytes, ...parameters } = V2;
  if (bytes.length !== 1 + saltBytes + digestBytes) throw malformed(NAME);
  const salt = bytes.subarray(1, 1 + saltBytes);
  return pbkdf2Hash('aspnet-identity-v2', { ...parameters, salt, digest: bytes.subarray(1 + saltBytes) });
}

/** Marker, pseudorandom function, iterations, length of the salt (each 32 bits, big-endian), salt, digest. @param {Buffer} bytes */
function readVersion3(bytes) {
  const algorithm = V3_ALGORITHMS[bytes.readUInt32BE(1)];
  const iterations = bytes.readUInt32BE(5);
  const saltEnd = V3_HEADER_BYTES + bytes.readUInt32BE(9);
  const salt = bytes.subarray(V3_HEADER_BYTES, saltEnd);
  const digest = bytes.subarray(saltEnd);
  if (!algorithm || iterations < 1 || salt.length < V3_MIN_BYTES || digest.length < V3_MIN_BYTES) {
    throw malformed(NAME);
  }
  return pbkdf2Hash('aspnet-identity-v3', { algorithm, iterations, salt, digest });
}
