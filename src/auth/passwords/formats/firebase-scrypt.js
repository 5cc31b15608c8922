import { createCipheriv } from 'node:crypto';
import { refuseScryptCost, scrypt } from './scrypt.js';
import { bytesOf, isEqual, malformed } from './stored-hash.js';

const BASE64 = '[A-Za-z0-9+/]{1,344}={0,2}';
const FORMAT = new RegExp(
  `^\\$fbscrypt\\$v=1,n=([1-9]\\d?),r=([1-9]\\d{0,3}),p=([1-9]\\d{0,3}),ss=(${BASE64}|),sk=(${BASE64})\\$(${BASE64})\\$(${BASE64})$`,
);

/**
 * Firebase's modified scrypt: the project's signer key, encrypted by AES-256 in counter mode under what scrypt makes of
 * password, salt and salt separator. In the format of Supabase Auth.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readFirebaseScrypt(stored) {
  if (!stored.startsWith('$fbscrypt$')) return undefined;
  const [, ln, r, p, ...texts] = FORMAT.exec(stored) ?? [];
  if (!ln) throw malformed('Firebase scrypt');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  refuseScryptCost(cost);
  const [separator, signerKey, salt, digest] = texts.map((text) => bytesOf(text, 'Firebase scrypt'));
  if (!separator || !signerKey || !salt || !digest || digest.length !== signerKey.length) {
    throw malformed('Firebase scrypt');
  }
  return {
    format: 'firebase-scrypt',
    matches: (password) => {
      const key = scrypt(password, Buffer.concat([salt, separator]), cost, 32);
      const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
      return isEqual(Buffer.concat([cipher.update(signerKey), cipher.final()]), digest);
    },
  };
}
