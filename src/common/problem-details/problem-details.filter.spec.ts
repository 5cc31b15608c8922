import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ArgumentsHost,
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { AfterCommitError } from '../after-commit.js';
import { ERROR_CODES } from '../errors/error-code.js';
import { LatchkeyError, UnavailableError } from '../errors/latchkey-error.js';
import { RefusedWrites } from '../errors/refused-writes.js';
import { AllowedMethods } from './allowed-methods.js';
import { OtherAnswers } from './other-answers.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { bearerChallenge, type ProblemDetails, problemDetails } from './problem-details.js';

const SECRET = 'hunter2-canary';

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: ProblemDetails;
}

/** What the filter makes of an error, without a server. */
function answerTo(thrown: unknown, { method = 'GET', url = '/api/orders?token=query-canary' } = {}): Answer {
  const answer: Partial<Answer> & Pick<Answer, 'headers'> = { headers: {} };
  const httpAdapter = {
    setHeader: (_response: unknown, name: string, value: string) => {
      answer.headers[name.toLowerCase()] = value;
    },
    reply: (_response: unknown, body: ProblemDetails, status: number) =>
      Object.assign(answer, { body, status }),
  };
  const request = { method, url, headers: {}, routeOptions: { url: '/api/orders' } };
  const http = { getRequest: () => request, getResponse: () => ({}) };
  const allowed = new AllowedMethods();
  allowed.add('GET', '/api/orders');
  allowed.add('POST', '/api/orders');
  const filter = new ProblemDetailsFilter(
    { httpAdapter } as unknown as HttpAdapterHost,
    allowed,
    new RefusedWrites(),
    new OtherAnswers(),
  );
  filter.catch(thrown, { getType: () => 'http', switchToHttp: () => http } as unknown as ArgumentsHost);
  return answer as Answer;
}

describe('ProblemDetailsFilter', () => {
  const logged = jest.spyOn(Logger.prototype, 'error');
  const warned = jest.spyOn(Logger.prototype, 'warn');

  beforeEach(() => {
    logged.mockImplementation(() => undefined);
    warned.mockImplementation(() => undefined);
  });

  afterEach(() => {
    jest.clearAllMocks();
  });

  it('answers what failed after a commit as unavailable or internal, never as if it had refused the request', () => {
    const answers = [
      new UnavailableError(),
      new Error('Connection terminated'),
      new LatchkeyError('NOT_FOUND', 'No.'),
    ].map((cause) => answerTo(new AfterCommitError(cause)).body.code);
    expect(answers).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'INTERNAL']);
    expect(String(logged.mock.lastCall?.[0])).toContain('The transaction is committed');
  });

  it('logs each request that something unavailable fails, but not where the log has told of that already', () => {
    const [known, told] = [new UnavailableError(), new UnavailableError('Too old.', { told: true })];
    expect([known, told].map((error) => answerTo(error).status)).toEqual([503, 503]);
    expect(warned.mock.calls).toEqual([[expect.stringContaining('503 GET /api/orders')]]);
  });

  describe('an unforeseen error', () => {
    const unforeseen: [string, unknown][] = [
      ['an Error', new Error(`relation "${SECRET}" does not exist`)],
      ['a TypeError', new TypeError(`Cannot read properties of ${SECRET}`)],
      ['an Error of the database', Object.assign(new Error(SECRET), { code: '42P01', detail: SECRET })],
      ['an Error that another caused', new Error('outer', { cause: new Error(SECRET) })],
      ['an Error with fields', Object.assign(new Error(SECRET), { fields: [SECRET], status: SECRET })],
      ['a 500 of the framework', new InternalServerErrorException(SECRET)],
      ['a text', SECRET],
      ['an object', { code: 'VALIDATION_FAILED', message: SECRET }],
      ['undefined', undefined],
      ['null', null],
    ];

    it.each(unforeseen)('answers 500 INTERNAL to %s, and the client learns nothing', (_, thrown) => {
      const { status, body, headers } = answerTo(thrown);
      expect(status).toBe(500);
      expect(body).toEqual({
        type: 'urn:latchkey:problem:internal',
        title: 'Internal error',
        status: 500,
        detail: 'Something went wrong on our side.',
        code: 'INTERNAL',
      });
      expect(headers).toEqual({
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
      });
    });

    it('is logged with the route and its stack, not with the address that was asked for', () => {
      const error = new Error('boom');
      answerTo(error, { url: '/api/orders?token=path-canary' });
      expect(logged).toHaveBeenCalledTimes(1);
      expect(logged).toHaveBeenCalledWith('500 GET /api/orders: boom', error.stack);
    });

    it('is logged without the parameters of the SQL statement, which may be secrets', () => {
      const cause = new Error('duplicate key');
      answerTo(new Error(`Failed query: insert into users values ($1)\nparams: ${SECRET}`, { cause }));
      const lines = JSON.stringify(logged.mock.calls.map(([line]) => line));
      expect(lines).toContain('Failed query: insert into users values ($1) (duplicate key)');
      expect(lines).not.toContain(SECRET);
    });

    it('is logged without the parameters of the SQL statement in its stack, either', () => {
      answerTo(new Error(`Failed query: insert into users values ($1)\nparams: ${SECRET}`));
      expect(JSON.stringify(logged.mock.calls)).not.toContain(SECRET);
    });
  });

  describe('a store that does not answer', () => {
    const failures: [string, unknown][] = [
      ['refuses', Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' })],
      ['shuts down', Object.assign(new Error(SECRET), { code: '57P01' })],
      ['has no connection left', Object.assign(new Error(SECRET), { code: '53300' })],
      ['hangs up', new Error('Connection terminated unexpectedly')],
      ['lets the pool wait', new Error('timeout exceeded when trying to connect')],
      [
        'is wrapped by Drizzle',
        new Error(`Failed query: select\nparams: ${SECRET}`, {
          cause: Object.assign(new Error('x'), { code: '08006' }),
        }),
      ],
      [
        'has two addresses, and none answers',
        new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })], SECRET),
      ],
    ];

    it.each(failures)('answers 503 UNAVAILABLE with Retry-After when it %s', (_, thrown) => {
      const { status, body, headers } = answerTo(thrown);
      expect([status, body.status, body.code]).toEqual([503, 503, 'UNAVAILABLE']);
      expect(headers['retry-after']).toBe('5');
      expect(JSON.stringify(body)).not.toContain(SECRET);
      expect(JSON.stringify(logged.mock.calls)).not.toContain('query-canary');
    });

    it('keeps what a service says of it, and logs the cause', () => {
      const cause = new Error('the pool is closed');
      const { status, body } = answerTo(new UnavailableError('The database does not answer.', { cause }));
      expect([status, body.detail]).toEqual([503, 'The database does not answer.']);
      expect(JSON.stringify(warned.mock.calls)).toContain('the pool is closed');
    });
  });

  describe('an error of ours', () => {
    it.each(ERROR_CODES)('%s keeps its code, and its status is the one in the body', (code) => {
      const { status, body, headers } = answerTo(new LatchkeyError(code, 'A sentence.'));
      expect(body).toEqual(problemDetails(code, 'A sentence.'));
      expect(status).toBe(body.status);
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(headers['www-authenticate'] !== undefined).toBe(
        status === 401 ||
          code.startsWith('INSUFFICIENT_') ||
          ['REAUTHENTICATION_REQUIRED', 'USER_REQUIRED'].includes(code),
      );
    });

    it('lists the fields, and says when to come back', () => {
      const fields = [{ field: 'email', message: 'must be an e-mail address' }];
      const { body, headers } = answerTo(
        new LatchkeyError('VALIDATION_FAILED', 'No.', { fields, retryAfterSeconds: 7 }),
      );
      expect(body.errors).toEqual(fields);
      expect(headers['retry-after']).toBe('7');
    });
  });

  describe('an error of the framework', () => {
    const fastifyError = (statusCode: number, more: object = {}) =>
      Object.assign(new Error(SECRET), { statusCode }, more);
    const expected: [string, number, string, Error][] = [
      ['a bad request', 400, 'VALIDATION_FAILED', new BadRequestException(SECRET)],
      ['a refused credential', 401, 'TOKEN_INVALID', new UnauthorizedException(SECRET)],
      ['a missing thing', 404, 'NOT_FOUND', new NotFoundException(SECRET)],
      ['a pause', 503, 'UNAVAILABLE', new ServiceUnavailableException(SECRET)],
      ["Fastify's body limit", 413, 'PAYLOAD_TOO_LARGE', fastifyError(413)],
      ["Fastify's media types", 415, 'UNSUPPORTED_MEDIA_TYPE', fastifyError(415)],
      [
        "Fastify's parser",
        400,
        'MALFORMED_JSON',
        fastifyError(400, { code: 'FST_ERR_CTP_INVALID_JSON_BODY' }),
      ],
      ['our parser', 400, 'MALFORMED_JSON', Object.assign(new SyntaxError(SECRET), { statusCode: 400 })],
      [
        "Express's parser",
        400,
        'MALFORMED_JSON',
        Object.assign(new Error(SECRET), { status: 400, type: 'entity.parse.failed' }),
      ],
    ];

    it.each(expected)('%s answers %i %s in our words', (_, status, code, thrown) => {
      const { body, ...answer } = answerTo(thrown);
      expect([answer.status, body.status, body.code]).toEqual([status, status, code]);
      expect(JSON.stringify(body)).not.toContain(SECRET);
    });

    it.each([402, 406, 409, 410, 412, 418, 422])(
      '%i, which has no code of its own, is not a fault of ours',
      (code) => {
        const { status, body } = answerTo(new HttpException(SECRET, code));
        expect(status).toBeLessThan(500);
        expect(body.status).toBe(status);
        expect(JSON.stringify(body)).not.toContain(SECRET);
        expect(logged).not.toHaveBeenCalled();
      },
    );
  });

  describe('an address', () => {
    it('answers 405 with Allow where only the method is wrong', () => {
      const { status, body, headers } = answerTo(new NotFoundException('Cannot PUT /api/orders?token=x'), {
        method: 'PUT',
        url: '/api/orders?token=x',
      });
      expect([status, body.code, headers['allow']]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST']);
    });

    it('answers 404 where there is nothing, and does not repeat it', () => {
      const { status, body, headers } = answerTo(new NotFoundException('Cannot GET /api/<script>'), {
        url: '/api/<script>',
      });
      expect([status, body.code, headers['allow']]).toEqual([404, 'NOT_FOUND', undefined]);
      expect(JSON.stringify(body)).not.toContain('script');
    });

    it("keeps a handler's own 404, whatever its words", () => {
      expect(answerTo(new LatchkeyError('NOT_FOUND', 'Cannot find that order.')).status).toBe(404);
      expect(answerTo(new NotFoundException('Cannot find that order')).status).toBe(404);
    });
  });
});

describe('bearerChallenge', () => {
  it('has no error code where no token was sent', () => {
    expect(bearerChallenge('TOKEN_MISSING', 'x')).toBe('Bearer realm="latchkey"');
    expect(bearerChallenge('TOKEN_MISSING', 'x', undefined, undefined, true)).toBe(
      'Bearer realm="latchkey", DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", realm="latchkey"',
    );
  });

  it('lets no character into error_description that RFC 6750 keeps out', () => {
    expect(bearerChallenge('TOKEN_INVALID', 'a "quoted" \\ line\r\nSet-Cookie: x=ü\0')).toBe(
      `Bearer realm="latchkey", error="invalid_token", error_description="a 'quoted' ' line''Set-Cookie: x=''"`,
    );
  });

  it('says how long ago the caller may have authenticated', () => {
    expect(bearerChallenge('REAUTHENTICATION_REQUIRED', 'x', 900)).toBe(
      'Bearer realm="latchkey", error="insufficient_user_authentication", error_description="x", max_age="900"',
    );
  });

  it('belongs to no answer but 401, a missing role or scope and an old authentication', () => {
    expect(bearerChallenge('NOT_FOUND', 'x')).toBeUndefined();
    expect(bearerChallenge('ACCOUNT_DISABLED', 'x')).toBeUndefined();
  });
});
