import { createHmac, createPublicKey, type JsonWebKey, KeyObject } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { SigningAlg } from '../../config/config.js';
import { type ExternalSigner, signatureOf } from './external-signer.js';
import { localSignature } from './local-signature.js';
import { rsaWeaknessOf } from './rsa-weakness.js';
import { ACCESS_TOKEN_TYPE } from './access-token-type.js';
import { jwkThumbprint } from './jwk-thumbprint.js';
import type { AsymmetricAlg } from './signing-algorithm.js';

/**
 * One key and the one algorithm it is used with. Keys stay `KeyObject`s: a string would be parsed anew for each token.
 */
export class TokenKey {
  private constructor(
    readonly kid: string,
    readonly alg: SigningAlg,
    /** What the JWKS shows; null for a shared secret, which no other party may have. */
    readonly publicJwk: JsonWebKey | null,
    /** What verifies: the public key or the shared secret. */
    readonly verificationKey: KeyObject,
    /** A key of this process, or what signs elsewhere; null for a key that only verifies. */
    private readonly signer: KeyObject | ExternalSigner | null,
    /** Verifies with it. */
    private readonly jwt: JwtService,
  ) {}

  /**
   * A key pair of this process, or its public part.
   * @param key a private key, or a public one, which then only verifies
   * @param alg
   * @param kid of another issuer's key; of ours it is the thumbprint
   */
  static asymmetric(key: KeyObject, alg: AsymmetricAlg, kid?: string): TokenKey {
    const publicKey = key.type === 'private' ? createPublicKey(key) : key;
    return TokenKey.ofPublicKey(publicKey, alg, key.type === 'private' ? key : null, kid);
  }

  /**
   * A key whose private part is elsewhere, in an HSM or a KMS, which signs when it is asked.
   * @throws Error if it is of a generator that is known to be broken
   */
  static external(publicKey: KeyObject, alg: AsymmetricAlg, signer: ExternalSigner): TokenKey {
    const weakness = rsaWeaknessOf(publicKey);
    if (weakness !== undefined) throw new Error(`The external signing key ${weakness}.`);
    return TokenKey.ofPublicKey(publicKey, alg, signer);
  }

  /**
   * A secret for HS256, which every verifier must have, too.
   * @param secret of at least 32 bytes
   */
  static sharedSecret(secret: KeyObject): TokenKey {
    // Says nothing about the secret, and is the same on every instance that has it.
    const kid = createHmac('sha256', secret).update('latchkey/kid/v1').digest('base64url').slice(0, 22);
    return new TokenKey(kid, 'HS256', null, secret, secret, new JwtService({ secret }));
  }

  private static ofPublicKey(
    publicKey: KeyObject,
    alg: AsymmetricAlg,
    signer: KeyObject | ExternalSigner | null,
    named?: string,
  ): TokenKey {
    const jwt = new JwtService({ publicKey });
    const jwk = publicKey.export({ format: 'jwk' });
    const kid = named ?? jwkThumbprint(jwk);
    return new TokenKey(kid, alg, { ...jwk, kid, alg, use: 'sig' }, publicKey, signer, jwt);
  }

  get canSign(): boolean {
    return this.signer !== null;
  }

  /**
   * @returns the compact JWS (RFC 7515 section 7.1), header `{alg, typ, kid}`
   * @throws UnavailableError if what signs elsewhere does not
   */
  async sign(claims: object): Promise<string> {
    const header = { alg: this.alg, typ: ACCESS_TOKEN_TYPE, kid: this.kid };
    const input = `${encode(header)}.${encode(claims)}`;
    const signature = await this.signature(Buffer.from(input));
    return `${input}.${signature.toString('base64url')}`;
  }

  /**
   * Signs any JWS.
   * @param input the JWS signing input (RFC 7515 section 5.1), whose header names this key and its algorithm
   * @throws UnavailableError if what signs elsewhere does not
   */
  async signature(input: Buffer): Promise<Buffer> {
    if (this.signer === null) throw new Error('This key only verifies.');
    if (this.signer instanceof KeyObject) return localSignature(this.signer, this.alg, input);
    return signatureOf(this.signer, this.alg, input, (token) => this.verifySignature(token));
  }

  /**
   * Checks the signature and nothing else.
   * @throws Error if it does not verify with this key and this algorithm
   */
  verifySignature(token: string): void {
    this.jwt.verify(token, { algorithms: [this.alg], ignoreExpiration: true, ignoreNotBefore: true });
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
