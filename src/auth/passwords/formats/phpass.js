import { hash } from 'node:crypto';
import { isEqual, malformed, tooCostly } from './stored-hash.js';

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORMAT = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/;
const MIN_LOG = 7;
/** 65,536 rounds. */
const MAX_LOG = 16;

/**
 * The portable hashes of phpass, of WordPress before 6.8 (`$P$`) and phpBB 3 (`$H$`): MD5, many times.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readPhpass(stored) {
  if (!/^\$[PH]\$/.test(stored)) return undefined;
  const [, count = '', salt, digest] = FORMAT.exec(stored) ?? [];
  const log = DIGITS.indexOf(count);
  if (!salt || !digest || log < MIN_LOG) throw malformed('phpass');
  if (log > MAX_LOG) throw tooCostly(`phpass rounds 2^${MAX_LOG}`);
  return {
    format: 'phpass',
    matches: (password) => {
      const bytes = Buffer.from(password);
      let current = hash('md5', Buffer.concat([Buffer.from(salt), bytes]), 'buffer');
      for (let round = 0; round < 2 ** log; round += 1) {
        current = hash('md5', Buffer.concat([current, bytes]), 'buffer');
      }
      return isEqual(encoded(current), digest);
    },
  };
}

/** Three bytes to four digits, the lowest first. @param {Buffer} bytes */
function encoded(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes.subarray(at, at + 3);
    let value = group.reduceRight((sum, byte) => sum * 256 + byte, 0);
    for (let count = 0; count <= group.length; count += 1) {
      text += DIGITS[value % 64];
      value = Math.floor(value / 64);
    }
  }
  return text;
}
