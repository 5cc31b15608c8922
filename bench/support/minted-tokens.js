import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';

/** @import { Bench } from './bench.js' */

/**
 * A signing key that the server is given as a file, so that any number of tokens can be made here: verifying one asks no
 * store.
 * @param {Bench} bench
 */
export function makeSigningKey(bench) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = join(bench.directory, 'signing-key.pem');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return { environment: { SIGNING_KEY_FILES: file }, privateKey };
}

/**
 * Tokens like the one given, each of a session of its own.
 * @param {string} example
 * @param {import('node:crypto').KeyObject} privateKey
 * @param {number} count
 */
export function mintLike(example, privateKey, count) {
  const decoded = jwt.decode(example, { complete: true });
  if (!decoded || typeof decoded.payload === 'string') throw new Error('The example is no token.');
  const { header, payload } = decoded;
  return Array.from({ length: count }, () =>
    jwt.sign({ ...payload, jti: randomUUID(), sid: randomUUID(), sub: randomUUID() }, privateKey, {
      algorithm: 'ES256',
      header,
    }),
  );
}
