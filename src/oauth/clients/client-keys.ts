import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { rsaWeaknessOf } from '../../tokens/keys/rsa-weakness.js';

/** A JWK set (RFC 7517 section 5) of public keys. */
export interface ClientKeys {
  readonly keys: readonly JsonWebKey[];
}

const KEYS_MAX = 10;
const RSA_BITS_MIN = 2048;
const TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);
const CURVES: ReadonlySet<unknown> = new Set([undefined, 'P-256', 'P-384', 'P-521', 'Ed25519']);
/** Of private keys and shared secrets (RFC 7518 section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MEMBERS = new Set(['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use']);

/** @returns why it is no set of public keys, to follow the name of the field; undefined if it is one */
export function clientKeysProblem(value: unknown): string | undefined {
  const { keys } = (value ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX)
    return `must be {"keys": […]} with 1 to ${KEYS_MAX} public keys (RFC 7517)`;
  return keys.map(keyProblem).find((problem) => problem !== undefined);
}

/** What is kept of a set that has no problem: what says which key it is, and what it is for. */
export function publicKeysOf({ keys }: ClientKeys): ClientKeys {
  return { keys: keys.map((key) => pick(key)) };
}

function pick(key: JsonWebKey): JsonWebKey {
  return Object.fromEntries(
    Object.entries(key).filter(([name, value]) => MEMBERS.has(name) && typeof value === 'string'),
  );
}

function keyProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must hold keys that are objects';
  const key = value as JsonWebKey;
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member)))
    return 'must hold no private key: leave that where the client is';
  if (!TYPES.has(key.kty) || !CURVES.has(key.crv))
    return 'must hold keys of RSA, P-256, P-384, P-521 or Ed25519';
  try {
    const imported = createPublicKey({ key: pick(key), format: 'jwk' });
    const { modulusLength = RSA_BITS_MIN } = imported.asymmetricKeyDetails ?? {};
    if (modulusLength < RSA_BITS_MIN) return `must hold RSA keys of at least ${RSA_BITS_MIN} bits`;
    const weakness = rsaWeaknessOf(imported);
    return weakness === undefined ? undefined : `holds a key that ${weakness}`;
  } catch {
    return 'must hold keys that are whole (RFC 7518)';
  }
}
