import { Injectable } from '../../common/nest.js';
import { RevokedTokens } from '../../tokens/revocation/revoked-tokens.js';

/** Without the feed: a token is good until it expires. */
@Injectable()
export class NoRevocations extends RevokedTokens {
  isRevoked(): boolean {
    return false;
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }
}
