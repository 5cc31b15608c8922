import { Injectable } from '@nestjs/common';
import { SigningKeyRotation } from '../tokens/keys/signing-key-rotation.js';
import { RestoredOneTimeTokens } from '../tokens/one-time/restored-one-time-tokens.js';
import { AccountRescueService } from './account-rescue.service.js';
import { TokenRevocationsService } from './token-revocations.service.js';

/** What ended once the database of before a loss is in use again. */
export interface EndedByRestore {
  /** Signing keys that were replaced. */
  readonly keys: number;
  /** Mailed links, and whatever else is used once. */
  readonly links: number;
  readonly sessions: number;
}

/**
 * After a backup was restored: what was revoked since it was made is unknown, so that nothing of before may live. Whatever
 * fails half-way can be done again.
 */
@Injectable()
export class RestoredStorageService {
  constructor(
    private readonly keys: SigningKeyRotation,
    private readonly oneTimeTokens: RestoredOneTimeTokens,
    private readonly rescue: AccountRescueService,
    private readonly tokens: TokenRevocationsService,
  ) {}

  /** Replaces the signing keys, and ends all mailed links, sessions and access tokens. */
  async endAllOfBefore(): Promise<EndedByRestore> {
    const keys = await this.keys.replaceAll();
    const links = await this.oneTimeTokens.endAll();
    const sessions = await this.rescue.endSessionsOfAll();
    // By time as well: eras begun since the backup are counted anew, and keys of files have not changed.
    await this.tokens.revokeAll();
    return { keys, links, sessions };
  }
}
