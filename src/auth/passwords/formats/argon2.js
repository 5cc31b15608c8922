import { bytesOf, malformed, tooCostly } from './stored-hash.js';

const FORMAT =
  /^\$argon2(id|i|d)\$v=(?:16|19)\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,171})$/;
/** KiB: 256 MiB. */
const MAX_MEMORY = 262_144;
/** KiB, times passes: some 0.7 seconds. */
const MAX_WORK = 1_048_576;
const MAX_LANES = 16;

/**
 * Argon2i, Argon2d and Argon2id (RFC 9106) in the format of the reference implementation.
 * @type {import('./stored-hash.js').HashFormat}
 */
export function readArgon2(stored) {
  if (!stored.startsWith('$argon2')) return undefined;
  const [, variant, memory, passes, lanes, salt = '', digest = ''] = FORMAT.exec(stored) ?? [];
  if (!variant || Number(memory) < 8 * Number(lanes)) throw malformed('Argon2');
  bytesOf(salt, 'Argon2');
  bytesOf(digest, 'Argon2');
  if (Number(memory) > MAX_MEMORY) throw tooCostly(`Argon2 memory ${MAX_MEMORY} KiB`);
  if (Number(memory) * Number(passes) > MAX_WORK) throw tooCostly(`Argon2 memory × passes ${MAX_WORK} KiB`);
  if (Number(lanes) > MAX_LANES) throw tooCostly(`Argon2 lanes ${MAX_LANES}`);
  return {
    format: `argon2${variant}`,
    matches: async (password) => {
      const { verifySync } = await import('@node-rs/argon2');
      return verifySync(stored, password);
    },
  };
}
