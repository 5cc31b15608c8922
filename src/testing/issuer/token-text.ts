import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { AsymmetricAlg } from '../../tokens/keys/signing-algorithm.js';

const { RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;

/** `none` has no signature; `HS256` takes the public key's PEM for a shared secret. Both are forgeries (RFC 8725 section 2.1). */
export type TokenAlgorithm = AsymmetricAlg | 'none' | 'HS256';

/** What signs a token, and what the forgeries are made of. */
export interface TokenSigner {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The compact serialisation (RFC 7515 section 7.1). */
export function tokenText(header: object, claims: object, alg: TokenAlgorithm, signer: TokenSigner): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signatureOf(Buffer.from(input), alg, signer).toString('base64url')}`;
}

/** The claims of a token that is not verified. @throws TypeError if it is no JWT */
export function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
  } catch (error) {
    throw new TypeError('This is no token: three parts with dots between them.', { cause: error });
  }
}

function signatureOf(input: Buffer, alg: TokenAlgorithm, { privateKey, publicKey }: TokenSigner): Buffer {
  const key = privateKey;
  const signers: Record<TokenAlgorithm, () => Buffer> = {
    none: () => Buffer.alloc(0),
    HS256: () => {
      return createHmac('sha256', publicKey.export({ format: 'pem', type: 'spki' }))
        .update(input)
        .digest();
    },
    RS256: () => sign('sha256', input, key),
    PS256: () =>
      sign('sha256', input, { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST }),
    ES256: () => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
    ES384: () => sign('sha384', input, { key, dsaEncoding: 'ieee-p1363' }),
  };
  return signers[alg]();
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
