import { isRedisFailure, isStoreFailure } from '../common/errors/store-failure.js';
import { withoutParameters } from '../common/errors/without-parameters.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { dataDirProblem } from '../config/data-dir-problem.js';
import { DatabaseUnusableError } from '../database/database-unusable-error.js';
import { DirectoryInUseError } from '../database/directory-lock.js';
import { NoDatabaseError } from '../database/pglite-directory.js';
import { EmbeddedDatabaseError } from '../database/pglite-thread.js';
import { RedisUnavailableError } from '../redis/redis-unavailable-error.js';
import { RedisUnusableError } from '../redis/redis-unusable-error.js';
import { SigningKeyError } from '../tokens/keys/signing-key-source.js';
import { type Advice, adviceFor } from './advice.js';
import { DATABASE_ADVICE } from './database-advice.js';
import { REDIS_ADVICE } from './redis-advice.js';

/** SQLSTATE classes of what is wrong with the server, with us there or with its schema. */
const DATABASE_REFUSAL = /^(08|25|28|3D|42501|53|55|57P|58)/;
/** Where the system names no path. */
const OF_FILES = new Set(['EDQUOT', 'EIO', 'EISDIR', 'ENOSPC', 'EROFS']);

/** One clear line for each thing that keeps the process from starting; a stack only for what was not foreseen. */
export function explainStartFailure(error: unknown): void {
  for (const line of linesOfFailure(error)) process.stderr.write(`${line}\n`);
}

/** The same, for who writes it. */
export function linesOfFailure(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  if (error instanceof ConfigurationError)
    return error.problems.map((problem) => `Configuration: ${oneLine(problem)}`);
  return [explainError(error)];
}

function explainError(error: Error): string {
  const causes = causesOf(error);
  const plain = causes.find(isPlain);
  if (plain instanceof SigningKeyError) return `Configuration: ${oneLine(plain.message)}`;
  if (plain) return oneLine(plain.message);
  const stopped = causes.find((cause) => cause instanceof EmbeddedDatabaseError);
  if (stopped) return `${oneLine(stopped.message)}. ${embeddedAdvice(causes)}`;
  if (causes.some(isOfRedis)) return cannotBeUsed('REDIS_URL', causes, REDIS_ADVICE);
  const ofDatabase = error instanceof DatabaseUnusableError || causes.some(isRefusedByDatabase);
  if (ofDatabase) return cannotBeUsed('DATABASE_URL', causes, DATABASE_ADVICE);
  if (isOfFileSystem(error)) return `Configuration: ${dataDirProblem(error)}`;
  if (isStoreFailure(error)) return cannotBeUsed('DATABASE_URL', causes, DATABASE_ADVICE);
  return withoutParameters(error.stack ?? error.message);
}

/** Those that say what to do themselves. */
function isPlain(error: Error): boolean {
  return (
    error instanceof DirectoryInUseError ||
    error instanceof NoDatabaseError ||
    error instanceof SigningKeyError
  );
}

function embeddedAdvice(causes: readonly Error[]): string {
  return causes.some(({ message }) => /ENOSPC|EDQUOT|No space left/.test(message))
    ? 'Make room in DATA_DIR, or choose another.'
    : 'Restore DATA_DIR from a backup, or choose another.';
}

function cannotBeUsed(setting: string, causes: readonly Error[], known: readonly Advice[]): string {
  const message = oneLine(causes.at(-1)?.message ?? '').replace(/\.$/, '');
  return `Configuration: ${setting} cannot be used: ${message}.${adviceFor(causes, known)}`;
}

/** From the failure to what it comes from. */
function causesOf(error: Error, depth = 0): Error[] {
  const { cause } = error;
  if (cause instanceof Error && depth < 5) return [error, ...causesOf(cause, depth + 1)];
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return [error, error.errors[0]];
  return [error];
}

function isOfRedis(error: Error): boolean {
  return (
    error instanceof RedisUnusableError ||
    error instanceof RedisUnavailableError ||
    error.name === 'ReplyError' ||
    isRedisFailure(error)
  );
}

function isRefusedByDatabase(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && code.length === 5 && DATABASE_REFUSAL.test(code);
}

function isOfFileSystem(error: NodeJS.ErrnoException): boolean {
  const { syscall, path, code } = error;
  return syscall !== undefined && (path !== undefined || OF_FILES.has(code ?? ''));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
