import { ConfigurationError } from '../config/configuration-error.js';
import { DirectoryInUseError } from '../database/directory-lock.js';
import { EmbeddedDatabaseError } from '../database/pglite-thread.js';
import { isStoreFailure } from '../common/errors/store-failure.js';
import { withoutParameters } from '../common/errors/without-parameters.js';
import { NoDatabaseError } from '../database/pglite-directory.js';
import { RedisUnavailableError } from '../redis/redis-unavailable-error.js';
import { SigningKeyError } from '../tokens/keys/signing-key-source.js';

/** One clear line for each thing that keeps the process from starting; a stack only for what was not foreseen. */
export function explainStartFailure(error: unknown): void {
  for (const line of explain(error)) process.stderr.write(`${line}\n`);
}

function explain(error: unknown): string[] {
  if (error instanceof ConfigurationError)
    return error.problems.map((problem) => `Configuration: ${problem}`);
  if (error instanceof DirectoryInUseError || error instanceof NoDatabaseError) return [error.message];
  if (error instanceof SigningKeyError) return [error.message];
  return error instanceof Error ? explainError(error) : [String(error)];
}

function explainError(error: Error): string[] {
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && path !== undefined)
    return [`Configuration: DATA_DIR cannot be used (${error.message})`];
  const causes = causesOf(error);
  if (error instanceof RedisUnavailableError)
    return [
      `Configuration: REDIS_URL cannot be used: ${error.cause instanceof Error ? error.cause.message : error.message}`,
    ];
  const stopped = causes.find((cause) => cause instanceof EmbeddedDatabaseError);
  if (stopped) return [stopped.message];
  if (isStoreFailure(error) || causes.some(isRefusedByPostgres))
    return [`Configuration: DATABASE_URL cannot be used: ${rootMessage(error)}`];
  return [withoutParameters(error.stack ?? error.message)];
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error, ...causesOf(error.cause)] : [error];
}

/** Wrong password, unknown role, unknown database, no permission. */
function isRefusedByPostgres(error: Error): boolean {
  return /^(28|3D|42501)/.test(String((error as NodeJS.ErrnoException).code));
}

function rootMessage(error: Error): string {
  if (error.cause instanceof Error) return rootMessage(error.cause);
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error.message;
}
