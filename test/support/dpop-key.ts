import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  SignJWT,
  type JWTHeaderParameters,
} from 'jose';

/** What a proof says beside the key, and what a test has it say otherwise. */
export interface Proof {
  readonly htm?: string;
  readonly htu?: string;
  readonly nonce?: string | undefined;
  /** Of which `ath` tells. */
  readonly token?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Partial<JWTHeaderParameters>;
}

/** The key of a client that shows with each request that it has it (RFC 9449). */
export class DpopKey {
  private constructor(
    readonly jkt: string,
    readonly jwk: JWK,
    readonly pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    private readonly alg: string,
  ) {}

  static async create(alg = 'ES256'): Promise<DpopKey> {
    const pair = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    return new DpopKey(await calculateJwkThumbprint(jwk), jwk, pair, alg);
  }

  /** A proof (RFC 9449 section 4.2), good once. */
  async proof({ htm = 'POST', htu = '', nonce, token, claims, header }: Proof): Promise<string> {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const payload = {
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      htm,
      htu,
      ...(nonce !== undefined && { nonce }),
      ...(ath !== undefined && { ath }),
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: this.alg, jwk: this.jwk, ...header })
      .sign(this.pair.privateKey);
  }
}
