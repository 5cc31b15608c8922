import { Injectable } from '@nestjs/common';
import { TokensConfig } from '../../config/config.js';
import { VerificationRules } from './verification-rules.js';

/** Of the server that issues the tokens. */
@Injectable()
export class OwnVerificationRules extends VerificationRules {
  readonly issuer: string;
  readonly audience: string;
  /** A TTL that was lowered holds for older tokens, too: their revocations are kept no longer than that. */
  readonly maxTokenAge: number;
  readonly clockLeeway: number;
  readonly publicUrl: string;

  constructor(config: TokensConfig) {
    super();
    this.issuer = config.issuer;
    // The issuer is `PUBLIC_URL`.
    this.publicUrl = config.issuer;
    this.audience = config.audience;
    this.maxTokenAge = config.accessTokenTtl;
    this.clockLeeway = config.clockLeeway;
  }
}
