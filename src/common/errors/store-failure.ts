import { isNativeError } from 'node:util/types';

/**
 * SQLSTATE classes that mean "the server cannot serve", not "the statement is wrong"; also where a limit of time was reached, of a
 * statement, of a wait for a lock, or of a transaction.
 */
const UNAVAILABLE_SQLSTATE = /^(08|25006|25P0[34]|53|55P03|57014|57P|58)/;

const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** node-postgres reports a lost connection and a pool time-out by message only. */
const UNAVAILABLE_MESSAGE =
  /connection terminated|no server serves|timeout expired|timeout exceeded when trying to connect|client has encountered a connection error|connection is closed|query read timeout|cannot use a pool after calling end|PGlite is closed|embedded database has stopped/i;

/** What Redis and its client say when it cannot serve now. */
const UNAVAILABLE_REDIS =
  /^(?:ERR )?(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|NOAUTH|WRONGPASS|BUSY|TRYAGAIN) |^Stream isn't writeable|^Connection is closed|^Command timed out|^Redis does not answer|max retries per request|^Failed to refresh slots cache|All sentinels are unreachable|^Cluster isn't ready|^Cluster is (ended|disconnected)|^Too many Cluster redirections|^None of startup nodes|^Node is disconnected|^Socket timeout|whether Redis has lost data/;

/** Whether an error, or what caused it, says that a store cannot be reached (and not that we asked it wrongly). */
export function isStoreFailure(error: unknown): boolean {
  for (let cause = error, depth = 0; isNativeError(cause) && depth < 5; cause = cause.cause, depth += 1) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && (UNAVAILABLE_SYSTEM_CODES.has(code) || UNAVAILABLE_SQLSTATE.test(code))) {
      return true;
    }
    if (UNAVAILABLE_MESSAGE.test(cause.message) || isRedisFailure(cause)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isStoreFailure)) return true;
  }
  return false;
}

/** Whether it is Redis, or its client, that says so; causes are not looked at. */
export function isRedisFailure({ message }: Error): boolean {
  return UNAVAILABLE_REDIS.test(message);
}
