import {
  checkPrimeSync,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { rsaWeaknessOf } from './rsa-weakness.js';

const base64url = (value: bigint) => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

const rsa = (modulus: bigint, exponent = 65_537n): KeyObject =>
  createPublicKey({
    key: { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) },
    format: 'jwk',
  });

const prime = (bits = 1024) => generatePrimeSync(bits, { bigint: true });

function after(value: bigint): bigint {
  let next = value + 2n;
  while (!checkPrimeSync(next)) next += 2n;
  return next;
}

/** As described for keys of 2048 bits: of the product of the first 126 primes. */
function rocaPrime(): bigint {
  const product = Array.from({ length: 700 }, (_, index) => BigInt(index + 2))
    .filter((candidate) => checkPrimeSync(candidate))
    .slice(0, 126)
    .reduce((all, each) => all * each, 1n);
  let generated = 1n;
  for (let exponent = 0; exponent < 12_345; exponent += 1) generated = (generated * 65_537n) % product;
  for (let factor = generatePrimeSync(1024, { bigint: true }) / product; ; factor += 1n) {
    const candidate = factor * product + generated;
    if (checkPrimeSync(candidate)) return candidate;
  }
}

describe('The weakness of an RSA key', () => {
  it.each([2048, 3072, 4096])('is none for what OpenSSL generates, %i bits', (bits) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    expect([rsaWeaknessOf(privateKey), rsaWeaknessOf(publicKey)]).toEqual([undefined, undefined]);
  });

  it('is none for keys of elliptic curves', () => {
    expect(rsaWeaknessOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey)).toBeUndefined();
  });

  it.each([3n, 17n, 65_536n])('is its exponent, %i', (exponent) => {
    expect(rsaWeaknessOf(rsa(prime() * prime(), exponent))).toContain(`the exponent ${exponent};`);
  });

  it.each([3n, 9973n])('is a small factor, %i', (factor) => {
    expect(rsaWeaknessOf(rsa(factor * prime(2040)))).toContain('small factor');
  });

  it('is its generator, by the fingerprint of CVE-2017-15361', () => {
    expect(rsaWeaknessOf(rsa(rocaPrime() * rocaPrime()))).toContain('CVE-2017-15361');
    // Each prime has to be of that generator.
    expect(rsaWeaknessOf(rsa(rocaPrime() * prime()))).toBeUndefined();
  });

  it('is that its primes follow each other', () => {
    const first = prime();
    expect(rsaWeaknessOf(rsa(first * after(first)))).toContain('CVE-2022-26320');
  });
});
