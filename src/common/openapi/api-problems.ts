import { applyDecorators } from '@nestjs/common';
import {
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
  ApiExtraModels,
} from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../errors/error-code.js';
import type { CheckOutcome, OfferedChallenge, ProblemExtensions } from '../errors/latchkey-error.js';
import { PROBLEM_MEDIA_TYPE, problemDetails, PROBLEMS } from '../problem-details/problem-details.js';

class FieldErrorModel {
  @ApiProperty({ example: 'email', description: "The field's path in the body; empty for the body itself." })
  field!: string;

  @ApiProperty({ example: 'email must be an e-mail address' })
  message!: string;
}

class OfferedChallengeModel implements OfferedChallenge {
  @ApiProperty({ example: 'totp', description: 'The one that is answered names it.' })
  kind!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {},
    description: 'What a client needs to answer it.',
  })
  parameters!: Readonly<Record<string, unknown>>;
}

/** The OpenAPI model of every error answer (RFC 9457). */
export class ProblemModel {
  @ApiProperty({ format: 'uri', example: 'urn:latchkey:problem:token-missing' })
  type!: string;

  @ApiProperty({ example: 'An access token is required' })
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 401 })
  status!: number;

  @ApiProperty({ example: 'Send an access token in the Authorization header.' })
  detail!: string;

  @ApiProperty({ enum: ERROR_CODES, enumName: 'ErrorCode', description: 'Stable; what programs compare.' })
  code!: ErrorCode;

  @ApiPropertyOptional({
    type: [FieldErrorModel],
    description: 'Only with VALIDATION_FAILED, PASSWORD_REJECTED and FIELD_TAKEN.',
  })
  errors?: FieldErrorModel[];

  @ApiPropertyOptional({
    example: 'OUTSIDE_OFFICE_HOURS',
    description: "Only with LOGIN_DENIED: a code of the application's own.",
  })
  reason?: string;

  @ApiPropertyOptional({
    example: 'lk_ot_4f0T…',
    description: 'Only with LOGIN_CHALLENGE_REQUIRED: for `POST /api/auth/login/challenge`.',
  })
  challengeToken?: string;

  @ApiPropertyOptional({
    type: [OfferedChallengeModel],
    description: 'Only with LOGIN_CHALLENGE_REQUIRED: one of them has to be answered.',
  })
  challenges?: OfferedChallengeModel[];

  @ApiPropertyOptional({
    type: 'integer',
    example: 300,
    description: 'Only with LOGIN_CHALLENGE_REQUIRED: seconds that the token is good for.',
  })
  expiresIn?: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['ok', 'busy', 'failed'] },
    example: { database: 'failed', keys: 'ok' },
    description: 'Only with UNAVAILABLE of `GET /health/ready`: how each check came out.',
  })
  checks?: Readonly<Record<string, CheckOutcome>>;
}

/** What `ApiProblems` documents without being asked: any route can answer these. */
const EVERYWHERE: readonly ErrorCode[] = ['INTERNAL', 'UNAVAILABLE'];
/** A body is read before the route is known, even where none is expected. */
const WITH_AN_UNREAD_BODY: readonly ErrorCode[] = [
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
];
const WITH_A_BODY: readonly ErrorCode[] = ['VALIDATION_FAILED', ...WITH_AN_UNREAD_BODY];
const WITH_A_TOKEN: readonly ErrorCode[] = [
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'DPOP_PROOF_INVALID',
  'DPOP_NONCE_REQUIRED',
  'INSUFFICIENT_SCOPE',
  'USER_REQUIRED',
];

/** What a document says of the answers of one status. */
export interface ProblemResponse {
  readonly description: string;
  readonly headers: Record<string, { description: string; schema: { type: 'string' } }>;
  readonly content: Record<
    string,
    { schema: { $ref: string }; examples: Record<string, { value: unknown }> }
  >;
}

/** What kind of route it is, and what else it answers. */
export interface ApiProblemsOptions {
  /** The route reads a JSON body, or is of a method that may have one. */
  body?: boolean | 'unread';
  /** The route needs an access token. */
  bearer?: boolean;
  codes?: readonly ErrorCode[];
}

/** Documents the errors a route can answer, one response a status with one example a code. */
export function ApiProblems(options: ApiProblemsOptions = {}): MethodDecorator & ClassDecorator {
  const codes = [
    ...(options.body === 'unread' ? WITH_AN_UNREAD_BODY : options.body ? WITH_A_BODY : []),
    ...(options.bearer ? WITH_A_TOKEN : []),
    // What a cookie alone may not do: change something.
    ...(options.bearer && options.body ? (['CSRF_REJECTED'] as const) : []),
    ...(options.codes ?? []),
    ...EVERYWHERE,
  ];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].toSorted((a, b) => a - b);
  return applyDecorators(
    ApiExtraModels(ProblemModel),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        ...problemResponse(codes.filter((code) => PROBLEMS[code].status === status)),
      }),
    ),
  );
}

/** The answer of a status, as a document describes it. @param codes those of that status, at least one */
export function problemResponse(codes: readonly ErrorCode[]): ProblemResponse {
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    headers: headersOf(codes.map((code) => PROBLEMS[code].status)[0]),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemModel) },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

function exampleOf(code: ErrorCode): unknown {
  const errors =
    code === 'VALIDATION_FAILED'
      ? [{ field: 'email', message: 'email must be an e-mail address' }]
      : code === 'PASSWORD_REJECTED'
        ? [{ field: 'password', message: 'must have at least 8 characters' }]
        : code === 'FIELD_TAKEN'
          ? [{ field: 'staffNumber', message: 'staffNumber is taken' }]
          : undefined;
  return problemDetails(code, `${PROBLEMS[code].title}.`, errors, EXTENSIONS[code]);
}

const EXTENSIONS: Partial<Record<ErrorCode, ProblemExtensions>> = {
  LOGIN_DENIED: { reason: 'OUTSIDE_OFFICE_HOURS' },
  LOGIN_CHALLENGE_REQUIRED: {
    challengeToken: 'lk_ot_4f0T…',
    challenges: [{ kind: 'totp', parameters: {} }],
    expiresIn: 300,
  },
};

function headersOf(status: number | undefined): ProblemResponse['headers'] {
  const header = (description: string) => ({ description, schema: { type: 'string' as const } });
  return {
    ...(status === 401 && { 'WWW-Authenticate': header('The challenge of RFC 6750, or of RFC 9449.') }),
    ...((status === 429 || status === 503) && { 'Retry-After': header('Seconds to wait.') }),
    ...(status === 429 && {
      RateLimit: header('What is left of the quota, and the seconds until it is full again.'),
      'RateLimit-Policy': header('The quota and its window in seconds.'),
    }),
  };
}
