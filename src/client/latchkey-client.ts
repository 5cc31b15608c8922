import type { ApiBody, ApiFetch, OwnFields } from './api-fetch.js';
import type { UserModel } from './api-types.js';
import type { TransportOptions } from './transport.js';

/** Who is signed in. */
export type User = UserModel;

/** What an account is made of. */
export type Registration = ApiBody<'POST /api/auth/register'>;

/** What a user logs in with. */
export type Credentials = ApiBody<'POST /api/auth/login'>;

/** What a login is completed with that was answered `LOGIN_CHALLENGE_REQUIRED`. */
export type ChallengeAnswer = ApiBody<'POST /api/auth/login/challenge'>;

/** Where the server is, and where the tokens are kept. */
export interface LatchkeyClientOptions extends TransportOptions {
  /**
   * `bearer` (the default): in the memory of the tab, gone with a reload. `cookie`, for browsers: in `HttpOnly` cookies,
   * which all tabs share and no script can read.
   */
  readonly mode?: 'bearer' | 'cookie' | undefined;
}

/** For a call that may be given up. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * One user's session, and requests in their name. Its functions need no `this`.
 * @typeParam Fields a team's own fields of users: the type of the class that declares them for the server
 */
export interface LatchkeyClient<Fields extends object = object> {
  /**
   * Who is signed in; null if that is no user. Undefined in cookie mode until it is known: `restore` finds out. The same
   * object until something of it changes.
   */
  readonly user: (User & OwnFields<Fields>) | null | undefined;
  /**
   * @returns who is signed in then; null if the server first wants the mailed link to be followed
   * @throws LatchkeyClientError such as `EMAIL_TAKEN`, `PASSWORD_REJECTED`, `VALIDATION_FAILED`, `RATE_LIMITED`
   */
  readonly register: (
    fields: Registration & Fields,
    options?: CallOptions,
  ) => Promise<(User & OwnFields<Fields>) | null>;
  /**
   * @throws LatchkeyClientError such as `INVALID_CREDENTIALS`, `ACCOUNT_DISABLED`, `LOGIN_DENIED`, `RATE_LIMITED`;
   * `LOGIN_CHALLENGE_REQUIRED`, whose `problem` has the `challengeToken` and the `challenges`: go on with `completeLogin`
   */
  readonly login: (credentials: Credentials, options?: CallOptions) => Promise<User & OwnFields<Fields>>;
  /**
   * Goes on with a login, or a registration, for which the server asked for more.
   * @throws LatchkeyClientError `LOGIN_CHALLENGE_FAILED`: try again; `LOGIN_CHALLENGE_INVALID`: log in again;
   * `LOGIN_CHALLENGE_REQUIRED` with another token if it asks for yet more
   */
  readonly completeLogin: (
    answer: ChallengeAnswer,
    options?: CallOptions,
  ) => Promise<User & OwnFields<Fields>>;
  /**
   * Ends the session at the server, and in all tabs. In bearer mode the tokens are forgotten even if the server cannot be
   * told; in cookie mode the user stays signed in then, since only the server can take cookies away.
   * @throws LatchkeyClientError if the server could not be told
   */
  readonly logout: (options?: CallOptions) => Promise<void>;
  /**
   * Asks the server who is signed in: in cookie mode when a page is loaded, in both after the profile was changed.
   * @throws LatchkeyClientError if that cannot be told now
   */
  readonly restore: (options?: CallOptions) => Promise<(User & OwnFields<Fields>) | null>;
  /**
   * `fetch` with the session's credentials, renewed when it is time, and once more if they are refused: then the request is
   * repeated, once. Only for addresses of `baseUrl`'s origin; a path begins there. A status is no error.
   * @throws LatchkeyClientError `NETWORK_ERROR`, `TIMEOUT`, `FOREIGN_ORIGIN`, `BODY_NOT_REPEATABLE`, or that of a refresh
   * which could not be done; the reason of a signal that is aborted
   */
  readonly fetch: ApiFetch<Fields>;
  /**
   * Is told when a user signs in or out, here or (in cookie mode, and at logout) in another tab, when the session has ended
   * and when something about the user is new. Not at once, and not when tokens are renewed.
   * @returns what ends it
   */
  readonly onChange: (listener: (user: (User & OwnFields<Fields>) | null) => void) => () => void;
}
