import { UnavailableError } from '../../common/errors/latchkey-error.js';

/** What signs with a private key that this process never sees. */
export interface ExternalSigner {
  /**
   * Signs with the key's algorithm.
   * @param input the JWS signing input (RFC 7515 section 5.1), not yet hashed
   */
  sign(input: Buffer): Promise<Uint8Array>;
  /** ECDSA signatures come in ASN.1 DER, as most KMSs give them, and not as R and S one after the other. */
  readonly der?: boolean;
}

/** Bytes of R and of S (RFC 7518 section 3.4). */
const COORDINATE_BYTES: Readonly<Record<string, number>> = { ES256: 32, ES384: 48 };

/**
 * @param input the JWS signing input (RFC 7515 section 5.1)
 * @param verify throws unless the token verifies: a signer with another key, or a broken one, is found here and not by clients
 * @returns the signature as a JWS has it (RFC 7518 section 3)
 * @throws UnavailableError
 */
export async function signatureOf(
  signer: ExternalSigner,
  alg: string,
  input: Buffer,
  verify: (token: string) => void,
): Promise<Buffer> {
  try {
    const signature = Buffer.from(await signer.sign(input));
    const size = COORDINATE_BYTES[alg];
    const raw = signer.der && size !== undefined ? fromDer(signature, size) : signature;
    verify(`${input.toString()}.${raw.toString('base64url')}`);
    return raw;
  } catch (error) {
    throw new UnavailableError('No token can be signed right now.', { cause: error });
  }
}

/** SEQUENCE { INTEGER r, INTEGER s } of fewer than 128 bytes (SEC 1 appendix C.5). */
function fromDer(der: Buffer, size: number): Buffer {
  const raw = Buffer.alloc(2 * size);
  let offset = 2;
  for (const end of [size, 2 * size]) {
    const length = der[offset + 1] ?? 0;
    // An INTEGER has a zero before it where it would be negative, and none where it is short.
    const integer = der.subarray(offset + 2, offset + 2 + length).subarray(-size);
    integer.copy(raw, end - integer.length);
    offset += 2 + length;
  }
  return raw;
}
