import { Injectable } from '@nestjs/common';
import { TokensConfig } from '../../config/config.js';
import { toldAsWritten } from '../../config/told-as-written.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { TokenKey } from './token-key.js';

/** HS256: one secret signs and verifies, so there is nothing to publish. */
@Injectable()
export class SharedSecretKeys extends SigningKeySource {
  constructor(private readonly config: TokensConfig) {
    super();
  }

  load(): Promise<SigningKeySet> {
    if (!this.config.jwtSecret)
      throw new SigningKeyError(toldAsWritten(this.config, 'SIGNING_ALG=HS256 needs JWT_SECRET.'));
    const current = TokenKey.sharedSecret(this.config.jwtSecret);
    return Promise.resolve({ current, all: [current] });
  }
}
