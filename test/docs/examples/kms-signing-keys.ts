import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type LatchkeyComposition, type SigningKeySet, SigningKeySource, TokenKey } from 'latchkey';

/** The client of a key management service. */
export abstract class Kms {
  /** @returns PEM */
  abstract publicKey(name: string): Promise<string>;
  abstract sign(name: string, input: Buffer, options: { signal: AbortSignal }): Promise<Uint8Array>;
}

@Injectable()
class KmsSigningKeys extends SigningKeySource {
  constructor(private readonly kms: Kms) {
    super();
  }

  async load(): Promise<SigningKeySet> {
    const publicKey = createPublicKey(await this.kms.publicKey('alias/latchkey'));
    const current = TokenKey.external(publicKey, 'ES256', {
      sign: (input) => this.kms.sign('alias/latchkey', input, { signal: AbortSignal.timeout(2_000) }),
      der: true, // ECDSA signatures of most KMSs are ASN.1
    });
    return { current, all: [current] };
  }
}

export const keysIn = (kms: Kms): LatchkeyComposition => ({
  providers: [
    { provide: Kms, useValue: kms },
    { provide: SigningKeySource, useClass: KmsSigningKeys },
  ],
});
