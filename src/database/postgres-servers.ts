import { isNativeError } from 'node:util/types';
import { Logger } from '@nestjs/common';
import type { PostgresAddress, PostgresTarget } from '../config/postgres-url.js';

/** One of the servers, and what is known of it. */
export interface PostgresServer extends PostgresAddress {
  /** When it was last found not to serve, on a clock that only goes ahead; undefined if it has served since. */
  failedAt: number | undefined;
  /** How often it was found to take no writes any more. Connections made before the last time are of no use. */
  demotions: number;
}

/** A server cannot be reached, or is not what is asked for; another may be. Its cause says why. */
export class ServerPassedOverError extends Error {
  constructor(server: PostgresServer, cause: unknown) {
    super(`${server.name}: ${reasonOf(cause)}`, { cause });
    this.name = 'ServerPassedOverError';
  }
}

/** Not one of several servers serves. */
class NoServerError extends Error {
  /** What the first of them failed with, if that has a code. */
  readonly code: string | undefined;

  constructor(failures: readonly Error[]) {
    super(`No server serves (${failures.map((failure) => reasonOf(failure)).join('; ')})`);
    this.name = 'NoServerError';
    this.code = codeOf(failures.find((failure) => codeOf(failure) !== undefined));
  }
}

/** How long a server that failed is tried last, beyond the time that all of them may take; milliseconds. */
const TRIED_LAST = 10_000;

/**
 * The servers of a `DATABASE_URL`, in the order in which a new connection tries them: as they are written (or at random),
 * those that failed last, the one whose failure is longest ago first. Where a server has to take writes, there is one
 * such, which new connections stay with until it fails; else a server is tried in its turn again after some time.
 */
export class PostgresServers {
  private readonly logger = new Logger('Database');
  private readonly servers: readonly PostgresServer[];
  private readonly triedLastFor: number;

  constructor(readonly target: PostgresTarget) {
    this.servers = target.servers.map((server) => ({ ...server, failedAt: undefined, demotions: 0 }));
    this.triedLastFor =
      target.role === 'any' ? TRIED_LAST + this.servers.length * target.connectTimeout : Infinity;
  }

  /** e.g. `a:5432, b:5433` */
  get description(): string {
    return this.servers.map(({ name }) => name).join(', ');
  }

  /** The one that a new connection tries. */
  next(): PostgresServer {
    const now = performance.now();
    const failedFor = ({ failedAt = -Infinity }: PostgresServer) =>
      now - failedAt < this.triedLastFor ? now - failedAt : Infinity;
    const longest = Math.max(...this.servers.map(failedFor));
    const candidates = this.servers.filter((server) => failedFor(server) === longest);
    const place = this.target.random ? Math.floor(Math.random() * candidates.length) : 0;
    const next = candidates[place];
    if (!next) throw new Error('A DATABASE_URL names a server.');
    return next;
  }

  /** @returns what a connection to it fails with */
  failed(server: PostgresServer, cause: unknown): ServerPassedOverError {
    const failure = new ServerPassedOverError(server, cause);
    if (server.failedAt === undefined && this.servers.length > 1)
      this.logger.warn(`A PostgreSQL server is passed over: ${failure.message}`);
    server.failedAt = performance.now();
    return failure;
  }

  served(server: PostgresServer): void {
    if (server.failedAt !== undefined && this.servers.length > 1)
      this.logger.log(`PostgreSQL at ${server.name} serves.`);
    server.failedAt = undefined;
  }

  /** It has refused a write, where one that takes them is asked for: its connections end, and others are tried first. */
  demoted(server: PostgresServer, cause: unknown): void {
    if (this.target.role === 'any') return;
    server.demotions += 1;
    this.failed(server, cause);
  }

  /**
   * @param failures of one attempt to connect, which had one for each server that it tried
   * @returns what it fails with, or undefined if another server is to be tried
   */
  verdict(failures: readonly Error[]): Error | undefined {
    const last = failures.at(-1);
    const server = last && passedOver(last);
    if (!last || !server) return last;
    if (failures.length < this.servers.length) return undefined;
    if (this.servers.length > 1) return new NoServerError(failures);
    return last === server && isNativeError(server.cause) ? server.cause : last;
  }
}

/** The pool wraps what a connection fails with. */
function passedOver(failure: Error): ServerPassedOverError | undefined {
  if (failure instanceof ServerPassedOverError) return failure;
  return failure.cause instanceof ServerPassedOverError ? failure.cause : undefined;
}

function reasonOf(cause: unknown): string {
  if (!isNativeError(cause)) return String(cause);
  // Of a name with several addresses.
  const { errors: [first] = [] } = cause as { errors?: unknown[] };
  return cause.message === '' && first !== undefined ? reasonOf(first) : cause.message;
}

function codeOf(failure: Error | undefined): string | undefined {
  const cause = failure && passedOver(failure)?.cause;
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
