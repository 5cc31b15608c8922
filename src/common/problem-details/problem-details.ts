import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../errors/error-code.js';
import type { FieldError, ProblemExtensions } from '../errors/latchkey-error.js';

/** The body of every error answer: RFC 9457 section 3.1, with `code`, `errors` and those of logins as extension members. */
export interface ProblemDetails extends ProblemExtensions {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** One of `ERROR_CODES`; for a team's own HttpExceptions the status's name, e.g. `CONFLICT`. */
  code: string;
  errors?: readonly FieldError[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

interface Problem {
  readonly status: number;
  readonly title: string;
  /** `error` of RFC 6750 section 3.1, RFC 9449 section 7.1 and RFC 9470 section 3; null: challenge without an error code, since no credentials were sent. */
  readonly bearerError?:
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_user_authentication'
    | 'invalid_dpop_proof'
    | 'use_dpop_nonce'
    | null;
}

/** The one place that maps codes to HTTP. */
export const PROBLEMS: Readonly<Record<ErrorCode, Problem>> = {
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid' },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  ONE_TIME_TOKEN_INVALID: { status: 400, title: 'The one-time token is not valid' },
  PASSWORD_REJECTED: { status: 400, title: 'The password is not acceptable' },
  TOKEN_MISSING: { status: 401, title: 'An access token is required', bearerError: null },
  TOKEN_INVALID: { status: 401, title: 'The access token is not valid', bearerError: 'invalid_token' },
  TOKEN_EXPIRED: { status: 401, title: 'The access token has expired', bearerError: 'invalid_token' },
  TOKEN_REVOKED: { status: 401, title: 'The access token was revoked', bearerError: 'invalid_token' },
  DPOP_PROOF_INVALID: {
    status: 401,
    title: 'The DPoP proof does not hold',
    bearerError: 'invalid_dpop_proof',
  },
  DPOP_NONCE_REQUIRED: { status: 401, title: 'The DPoP proof needs a nonce', bearerError: 'use_dpop_nonce' },
  INVALID_CREDENTIALS: { status: 401, title: 'The credentials are not valid', bearerError: null },
  CREDENTIAL_INVALID: { status: 401, title: 'The credential is not valid', bearerError: null },
  REFRESH_TOKEN_INVALID: { status: 401, title: 'The refresh token is not valid', bearerError: null },
  REFRESH_TOKEN_EXPIRED: { status: 401, title: 'The refresh token has expired', bearerError: null },
  REFRESH_TOKEN_REUSED: { status: 401, title: 'The refresh token was used before', bearerError: null },
  SESSION_ENDED: { status: 401, title: 'The session has ended', bearerError: null },
  CREDENTIALS_NEEDED: { status: 401, title: 'The account must be shown to be yours', bearerError: null },
  LOGIN_CHALLENGE_REQUIRED: { status: 401, title: 'The login has to be completed', bearerError: null },
  LOGIN_CHALLENGE_INVALID: { status: 401, title: 'The login has to begin anew', bearerError: null },
  LOGIN_CHALLENGE_FAILED: { status: 401, title: 'The answer is wrong', bearerError: null },
  INSUFFICIENT_ROLE: { status: 403, title: 'A role is missing', bearerError: 'insufficient_scope' },
  INSUFFICIENT_SCOPE: { status: 403, title: 'A scope is missing', bearerError: 'insufficient_scope' },
  USER_REQUIRED: { status: 403, title: 'A user is needed', bearerError: 'insufficient_scope' },
  REAUTHENTICATION_REQUIRED: {
    status: 403,
    title: 'The password must be shown again',
    bearerError: 'insufficient_user_authentication',
  },
  ACCOUNT_DISABLED: { status: 403, title: 'The account is disabled' },
  LOGIN_DENIED: { status: 403, title: 'The login is not allowed' },
  CSRF_REJECTED: { status: 403, title: 'The request may come from another site' },
  REGISTRATION_CLOSED: { status: 403, title: 'Registration is closed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  CONFLICT: { status: 409, title: 'Another change came first' },
  NO_LOCAL_PASSWORD: { status: 409, title: 'The password is not kept here' },
  LAST_ADMINISTRATOR: { status: 409, title: 'There would be no administrator' },
  EMAIL_TAKEN: { status: 409, title: 'The e-mail address is taken' },
  FIELD_TAKEN: { status: 409, title: 'The value of a field is taken' },
  ROLE_TAKEN: { status: 409, title: 'There is such a role already' },
  ROLE_IN_USE: { status: 409, title: 'Users have the role' },
  ROLE_PROTECTED: { status: 409, title: 'The role stays as it is' },
  CLIENT_PROTECTED: { status: 409, title: 'The client stays as it is' },
  CLIENT_WITHOUT_SECRET: { status: 409, title: 'The client has no secret' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not come in time' },
  PRECONDITION_FAILED: { status: 412, title: 'It has changed meanwhile' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The media type is not supported' },
  PRECONDITION_REQUIRED: { status: 428, title: 'The version must be named' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  ACCOUNT_THROTTLED: { status: 429, title: 'Too many failed attempts' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  INTERNAL: { status: 500, title: 'Internal error' },
  NOT_SUPPORTED: { status: 501, title: 'Not supported here' },
  UNAVAILABLE: { status: 503, title: 'Temporarily unavailable' },
};

export function problemDetails(
  code: ErrorCode,
  detail: string,
  errors?: readonly FieldError[],
  extensions?: ProblemExtensions,
): ProblemDetails {
  const { status, title } = PROBLEMS[code];
  return { type: problemType(code), title, status, detail, code, ...(errors && { errors }), ...extensions };
}

/** For statuses that none of our codes has, as a team's own controllers may throw (RFC 9457 section 4.2.1). */
export function genericProblemDetails(status: number): ProblemDetails {
  const title = STATUS_CODES[status] ?? 'Error';
  const code = title.toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { type: 'about:blank', title, status, detail: title, code };
}

/** A URI that names the kind of problem (RFC 9457 section 3.1.1); a URN, since it names and does not locate. */
function problemType(code: ErrorCode): string {
  return `urn:latchkey:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}

/** The challenge for tokens that are bound to a key (RFC 9449 section 7.1). */
const DPOP_SCHEME = 'DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", ';
const REALM = 'realm="latchkey"';

/**
 * `WWW-Authenticate` of RFC 6750 section 3, or undefined where no challenge belongs to the answer.
 * @param maxAge seconds that may have passed since the caller authenticated (RFC 9470 section 3)
 * @param authorization as it was sent: a challenge is of the same scheme
 * @param offersDpop whether a caller without a token is told of both schemes
 */
export function bearerChallenge(
  code: ErrorCode,
  detail: string,
  maxAge?: number,
  authorization?: unknown,
  offersDpop = false,
): string | undefined {
  const { bearerError } = PROBLEMS[code];
  if (bearerError === undefined) return undefined;
  const isDpop =
    code.startsWith('DPOP_') || (typeof authorization === 'string' && /^dpop /i.test(authorization));
  const scheme = isDpop ? DPOP_SCHEME : 'Bearer ';
  const other = offersDpop && !isDpop ? `, ${DPOP_SCHEME}${REALM}` : '';
  if (bearerError === null) return `${scheme}${REALM}${other}`;
  // Only characters that RFC 6750 allows in error_description.
  const description = detail.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
  const age = maxAge === undefined ? '' : `, max_age="${maxAge}"`;
  return `${scheme}${REALM}, error="${bearerError}", error_description="${description}"${age}`;
}
