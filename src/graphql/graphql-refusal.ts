import { GraphQLError } from 'graphql';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import { PROBLEMS } from '../common/problem-details/problem-details.js';

/** Those that the servers of the field use, by statuses of HTTP. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};

/** An entry of `errors`, whose `extensions` tell programs why. */
export function graphqlRefusal({ code, message }: LatchkeyError): GraphQLError {
  const { status } = PROBLEMS[code];
  return new GraphQLError(message, {
    extensions: { code: CODES[status] ?? 'INTERNAL_SERVER_ERROR', latchkeyCode: code, status },
  });
}
