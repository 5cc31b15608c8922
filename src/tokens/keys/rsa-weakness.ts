import { createPublicKey, type KeyObject } from 'node:crypto';

/** FIPS 186-5, section 5.4. */
const MIN_EXPONENT = 65_537n;
/** Factors that trial division finds. */
const TRIAL_MAX = 10_000;
/** Up to the 39th, the last prime of the smallest product that the library of CVE-2017-15361 made its primes from. */
const FINGERPRINT_MAX = 167;
/** Steps from the square root of the modulus at which primes too close to each other are looked for. */
const FERMAT_STEPS = 100n;

/** Found when the first RSA key is looked at: most applications have none. */
let primes: readonly number[] | undefined;

/**
 * What is wrong with an RSA key whose numbers show a generator that is known to be broken. Not looked for: keys of lists, as
 * those that Debian's OpenSSL made from 2006 to 2008, and factors shared with other keys.
 * @param key private or public
 * @returns the end of a sentence; undefined if nothing is found, or it is not RSA
 */
export function rsaWeaknessOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const { n, e } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  const [modulus, exponent] = [integerOf(n), integerOf(e)];
  if (exponent < MIN_EXPONENT || exponent % 2n === 0n)
    return `has the exponent ${exponent}; RSA needs an odd one, ${MIN_EXPONENT} or more`;
  primes ??= primesBelow(TRIAL_MAX);
  if (primes.some((prime) => modulus % BigInt(prime) === 0n)) return 'has a modulus with a small factor';
  if (hasRocaFingerprint(modulus, primes))
    return 'is of a generator whose keys can be factored (CVE-2017-15361)';
  if (hasCloseFactors(modulus)) return 'has two primes that are too close to each other (CVE-2022-26320)';
  return undefined;
}

/**
 * The library (ROCA) made each prime as `k·M + (65537^a mod M)`, with `M` the product of the first primes. So by each of
 * these primes the modulus is a power of 65537, which is true of one random modulus in many millions.
 */
function hasRocaFingerprint(modulus: bigint, among: readonly number[]): boolean {
  return among
    .filter((prime) => prime <= FINGERPRINT_MAX)
    .every((prime) =>
      powersOf(Number(MIN_EXPONENT % BigInt(prime)), prime).has(Number(modulus % BigInt(prime))),
    );
}

function powersOf(base: number, prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1 % prime; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}

/** Fermat's method: `n = a² − b²` with `a` just above the square root. */
function hasCloseFactors(modulus: bigint): boolean {
  const root = squareRoot(modulus);
  for (let a = root; a <= root + FERMAT_STEPS; a += 1n) {
    const square = a * a - modulus;
    if (square >= 0n && squareRoot(square) ** 2n === square) return true;
  }
  return false;
}

/** Newton's method, rounded down. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function primesBelow(limit: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; candidate < limit; candidate += 1) {
    if (!found.some((prime) => prime * prime <= candidate && candidate % prime === 0)) found.push(candidate);
  }
  return found;
}

function integerOf(base64url: string | undefined): bigint {
  return BigInt(`0x${Buffer.from(base64url ?? '', 'base64url').toString('hex') || '0'}`);
}
