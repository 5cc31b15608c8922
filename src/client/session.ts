import type { Lifetime } from './lifetime.js';
import type { Call } from './transport.js';

/** What says which credentials a request was sent with, so that it can be told whether they have been renewed since. */
export type Stamp = unknown;

/** What the server answers, at login and at refresh, in either mode. */
export interface Opening {
  readonly expiresIn: number;
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly csrfToken?: string;
}

/** The credentials of a session, in one of the two modes. */
export interface Session {
  /** For calls that open a session. */
  readonly headers: Call['headers'];
  /** Of the access token; not known where there is none, or a page has just been loaded. */
  readonly lifetime: Lifetime | undefined;
  /** What the credentials are now. */
  readonly stamp: Stamp;
  /** Runs what opens a session, apart from what renews one. */
  opening<T>(work: () => Promise<T>): Promise<T>;
  /** @param since when it was asked for, as `Date.now()` */
  open(answer: Opening, since: number): void;
  close(): void;
  /** Whether there is a session at all, as far as that can be known without a token. */
  exists(): Promise<boolean>;
  /** Puts in what shows who sends the request. @returns what it was sent with */
  authorize(headers: Headers, method: string): Promise<Stamp>;
  /**
   * Renews the credentials, unless they are other than those of the stamp already. However many ask, it is done once.
   * @returns false if the session is over
   * @throws LatchkeyClientError if that cannot be told now; then the session goes on
   */
  renew(stamp: Stamp): Promise<boolean>;
}
