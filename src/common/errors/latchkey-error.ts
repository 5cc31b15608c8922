import type { ErrorCode } from './error-code.js';

/** One rejected input field. `field` is the property's path, e.g. `email`; never holds the value itself. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** One of several ways to complete a login, as the client is told of it. */
export interface OfferedChallenge {
  /** e.g. `totp`. */
  readonly kind: string;
  /** What a client needs to answer, e.g. the options of a passkey. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How a check of `/health/ready` came out: well; there is work enough for now, and it serves; it keeps the instance from serving. */
export type CheckOutcome = 'ok' | 'busy' | 'failed';

/** What a problem may tell a program besides its code (RFC 9457 section 3.2). */
export interface ProblemExtensions {
  /** Of `LOGIN_DENIED`: the code of the gate's own. */
  readonly reason?: string;
  /** Of `LOGIN_CHALLENGE_REQUIRED`: what an answer is sent with. A secret. */
  readonly challengeToken?: string;
  /** Of `LOGIN_CHALLENGE_REQUIRED`: one of them has to be answered. */
  readonly challenges?: readonly OfferedChallenge[];
  /** Of `LOGIN_CHALLENGE_REQUIRED`: seconds until the token has expired. */
  readonly expiresIn?: number;
  /** Of `UNAVAILABLE` at `/health/ready`: how each of its checks came out. */
  readonly checks?: Readonly<Record<string, CheckOutcome>>;
}

/** What may be said of an error beside its code. */
export interface LatchkeyErrorOptions extends ErrorOptions {
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Seconds that may have passed since the caller last authenticated; becomes `max_age` of the challenge. */
  readonly maxAuthenticationAge?: number;
  /** What another proof needs in it (RFC 9449 section 8); becomes `DPoP-Nonce`. */
  readonly dpopNonce?: string;
  /** Whether tokens that are bound to a key are taken, too: then `DPoP` is a second challenge (RFC 9449 section 7.1). Default: `false`. */
  readonly offersDpop?: boolean;
  /** Validation errors by field. */
  readonly fields?: readonly FieldError[];
  /** Further members of the answer. */
  readonly extensions?: ProblemExtensions;
  /** Whether the log has told of its reason once, and need not do so at each request. Default: `false`. */
  readonly told?: boolean;
}

/**
 * What services throw. It knows a stable code and a sentence for the client, and nothing of HTTP: the problem-details
 * filter maps codes to statuses. The message reaches the client, so it never holds a secret or another user's data.
 */
export class LatchkeyError extends Error {
  readonly retryAfterSeconds: number | undefined;
  readonly maxAuthenticationAge: number | undefined;
  readonly dpopNonce: string | undefined;
  readonly offersDpop: boolean;
  readonly fields: readonly FieldError[] | undefined;
  readonly extensions: ProblemExtensions | undefined;
  readonly told: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: LatchkeyErrorOptions = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.maxAuthenticationAge = options.maxAuthenticationAge;
    this.dpopNonce = options.dpopNonce;
    this.offersDpop = options.offersDpop ?? false;
    this.fields = options.fields;
    this.extensions = options.extensions;
    this.told = options.told ?? false;
  }
}

/** A store or resource that must answer does not: no request is let in. */
export class UnavailableError extends LatchkeyError {
  constructor(
    message = 'A service this request needs is not available.',
    options: LatchkeyErrorOptions = {},
  ) {
    super('UNAVAILABLE', message, { retryAfterSeconds: 5, ...options });
  }
}

/** 409 `CONFLICT`: what the request was to change was changed by another at the same time. */
export class ConflictError extends LatchkeyError {
  constructor(message: string) {
    super('CONFLICT', message);
  }
}

export class NotFoundError extends LatchkeyError {
  constructor(message: string) {
    super('NOT_FOUND', message);
  }
}

/** 501 `NOT_SUPPORTED`: a part that stands in for a default cannot do it. */
export class NotSupportedError extends LatchkeyError {
  constructor() {
    super('NOT_SUPPORTED', 'What keeps the users of this application cannot do this.');
  }
}
