import type { User } from '../../users/user.js';
import type { TokenPair } from './token-pair-issuer.js';

/** What opening a session gives. */
export interface SignedIn {
  readonly user: User;
  readonly pair: TokenPair;
}
