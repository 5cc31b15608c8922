import { expect } from '@jest/globals';
import type { Problem } from '../../support/api-client.js';

/** Every code of the contract that a client may meet. */
export const CONTRACT_CODES: readonly string[] = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'ONE_TIME_TOKEN_INVALID',
  'PASSWORD_REJECTED',
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'DPOP_PROOF_INVALID',
  'DPOP_NONCE_REQUIRED',
  'INVALID_CREDENTIALS',
  'CREDENTIAL_INVALID',
  'REFRESH_TOKEN_INVALID',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'SESSION_ENDED',
  'CREDENTIALS_NEEDED',
  'LOGIN_CHALLENGE_REQUIRED',
  'LOGIN_CHALLENGE_INVALID',
  'LOGIN_CHALLENGE_FAILED',
  'INSUFFICIENT_ROLE',
  'INSUFFICIENT_SCOPE',
  'USER_REQUIRED',
  'REAUTHENTICATION_REQUIRED',
  'ACCOUNT_DISABLED',
  'LOGIN_DENIED',
  'CSRF_REJECTED',
  'REGISTRATION_CLOSED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'EMAIL_TAKEN',
  'FIELD_TAKEN',
  'CONFLICT',
  'NO_LOCAL_PASSWORD',
  'LAST_ADMINISTRATOR',
  'ROLE_TAKEN',
  'ROLE_IN_USE',
  'ROLE_PROTECTED',
  'CLIENT_PROTECTED',
  'CLIENT_WITHOUT_SECRET',
  'REQUEST_TIMEOUT',
  'PRECONDITION_FAILED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'HEADERS_TOO_LARGE',
  'PRECONDITION_REQUIRED',
  'RATE_LIMITED',
  'ACCOUNT_THROTTLED',
  'INTERNAL',
  'NOT_SUPPORTED',
  'UNAVAILABLE',
];

/** What else a program is told. */
const EXTENSIONS: Readonly<Record<string, object>> = {
  LOGIN_DENIED: { reason: expect.stringMatching(/./) },
  LOGIN_CHALLENGE_REQUIRED: {
    challengeToken: expect.stringMatching(/^lk_ot_[\w-]{43}$/),
    challenges: expect.any(Array),
    expiresIn: expect.any(Number),
  },
};

/** Stacks, files, SQL, hashes: what tells a stranger how the server is made. */
const LEAKS =
  /\bat .+:\d+:\d+|node_modules|\.[jt]s\b|file:\/\/|\b(?:select|insert into|update|delete from) .+\b(?:from|values|set|where)\b|drizzle|pglite|postgres|sqlstate|\$2[aby]\$|\$argon2|\$bcrypt|typeerror|syntaxerror|exception/i;

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Problem;
}

/** That an answer is a problem of the contract, says what was expected, and nothing internal. */
export function expectProblem(answer: ProblemAnswer, status: number, code: string): void {
  const { body, headers } = answer;
  expect([answer.status, body.code]).toEqual([status, code]);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual({
    type: `urn:latchkey:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/./),
    status,
    detail: expect.stringMatching(/./),
    code,
    ...(body.errors && { errors: expect.any(Array) }),
    ...(body.checks && { checks: expect.any(Object) }),
    ...EXTENSIONS[code],
  });
  expect(CONTRACT_CODES).toContain(code);
  expectNoLeak(body);
}

export function expectNoLeak(body: unknown): void {
  const text = JSON.stringify(body) ?? '';
  expect(text).not.toMatch(LEAKS);
  expect(text).not.toContain(process.cwd());
}

/** The fields that a validation problem names, each once. */
export function fieldsOf({ body }: ProblemAnswer): string[] {
  return (body.errors ?? []).map((error) => error.field);
}
