import { createPublicKey, type KeyObject } from 'node:crypto';
import { type AsymmetricAlg, generatePrivateKey } from '../../tokens/keys/signing-algorithm.js';
import { type SigningKeySet, SigningKeySource } from '../../tokens/keys/signing-key-source.js';
import { TokenKey } from '../../tokens/keys/token-key.js';
import type { TokenSigner } from './token-text.js';

/** A key of an issuer, as it signs and as it is published. */
interface IssuerKey extends TokenSigner {
  readonly key: TokenKey;
}

/** One key for each algorithm; the first signs where none is asked for. An application that is given them takes the tokens. */
export class IssuerKeys extends SigningKeySource {
  private constructor(
    private readonly keys: ReadonlyMap<AsymmetricAlg, IssuerKey>,
    readonly first: AsymmetricAlg,
    /** Signs what no application may take: it is published nowhere. */
    private readonly strangers: ReadonlyMap<AsymmetricAlg, TokenSigner>,
  ) {
    super();
  }

  static async generate(algorithms: readonly [AsymmetricAlg, ...AsymmetricAlg[]]): Promise<IssuerKeys> {
    const pairs = await Promise.all(
      algorithms.map(async (alg) => {
        const [own, stranger] = await Promise.all([generatePrivateKey(alg), generatePrivateKey(alg)]);
        return { alg, own, stranger };
      }),
    );
    const keys = pairs.map(({ alg, own }) => {
      return [alg, { ...signerOf(own), key: TokenKey.asymmetric(own, alg) }] as const;
    });
    const strangers = pairs.map(({ alg, stranger }) => [alg, signerOf(stranger)] as const);
    return new IssuerKeys(new Map(keys), algorithms[0], new Map(strangers));
  }

  /** @throws TypeError if there is no key for it */
  of(alg: AsymmetricAlg): IssuerKey {
    const key = this.keys.get(alg);
    if (!key)
      throw new TypeError(`This issuer has no ${alg} key: TestIssuer.start({ algorithms: ['${alg}'] }).`);
    return key;
  }

  /** @throws TypeError as `of` */
  strangerTo(alg: AsymmetricAlg): TokenSigner {
    return this.strangers.get(alg) ?? this.of(alg);
  }

  /** The JSON Web Key Set (RFC 7517 section 5). */
  get jwks(): { readonly keys: readonly object[] } {
    return { keys: [...this.keys.values()].flatMap(({ key }) => (key.publicJwk ? [key.publicJwk] : [])) };
  }

  load(): Promise<SigningKeySet> {
    const all = [...this.keys.values()].map(({ key }) => key);
    return Promise.resolve({ current: this.of(this.first).key, all });
  }
}

function signerOf(privateKey: KeyObject): TokenSigner {
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
