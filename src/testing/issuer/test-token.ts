import type { TokenAlgorithm } from './token-text.js';

/** What a token of a test says. What is not given is good: the token is accepted unless something here spoils it. */
export interface TestToken {
  /** `sub`. Default: `test-user`. */
  readonly subject?: string;
  /** Default: none. */
  readonly roles?: readonly string[];
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** `sid`, a UUID. Default: another one for each token. */
  readonly sessionId?: string;
  /** `jti`. Default: another one for each token. */
  readonly tokenId?: string;
  /** `client_id`. Default: `latchkey`. */
  readonly clientId?: string;
  /** `aud`. Default: the issuer's. */
  readonly audience?: string;
  /** `iss`. Default: the issuer's `url`. */
  readonly issuer?: string;
  /** From its issue to `exp`: milliseconds, or a duration such as `15m`, which is the default. */
  readonly expiresIn?: number | string;
  /** How long ago it was issued. Default: now. */
  readonly issuedAgo?: number | string;
  /** Issued so long ago that it has been expired for a minute. */
  readonly expired?: boolean;
  /** One of the issuer's algorithms, or a forgery. Default: the issuer's first. */
  readonly algorithm?: TokenAlgorithm;
  /** Signed by another key than the one it names. */
  readonly forged?: boolean;
  /** Members of the payload beside those, or in place of them; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The same for the header, which has `alg`, `typ` and `kid`. */
  readonly header?: Readonly<Record<string, unknown>>;
}
