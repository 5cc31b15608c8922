import type { JsonWebKey, KeyObject } from 'node:crypto';
import { type AsymmetricAlg, generatePrivateKey } from './signing-algorithm.js';
import { SigningKeyError } from './signing-key-source.js';
import { TokenKey } from './token-key.js';

/** A key that no one knows of yet. */
export interface NewKey {
  readonly kid: string;
  readonly alg: AsymmetricAlg;
  readonly publicJwk: JsonWebKey;
  readonly privateKey: KeyObject;
}

/** Takes up to seconds for RSA. */
export async function newKey(alg: AsymmetricAlg): Promise<NewKey> {
  const privateKey = await generatePrivateKey(alg);
  const { kid, publicJwk } = TokenKey.asymmetric(privateKey, alg);
  if (!publicJwk) throw new SigningKeyError(`A ${alg} key has no public part.`);
  return { kid, alg, publicJwk, privateKey };
}
