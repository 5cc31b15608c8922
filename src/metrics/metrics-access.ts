import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bearerTokenOf } from '../access/bearer-token.js';
import type { HttpRequest } from '../common/client-info.js';
import { LatchkeyError, NotFoundError } from '../common/errors/latchkey-error.js';
import { MetricsConfig } from '../config/config.js';
import { isLoopback } from '../config/loopback.js';

/** What proxies write: a request that bears one has come from elsewhere, whatever its socket says. */
const OF_PROXIES = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** Who may read the metrics: with `METRICS_TOKEN` a caller who has it, else what runs on this machine. */
@Injectable()
export class MetricsAccess {
  private readonly hash: Buffer | undefined;

  constructor({ token }: MetricsConfig) {
    this.hash = token && sha256(token.export());
  }

  /**
   * The token is compared in constant time. Without one, the socket's address counts, and no header makes a request one of this machine.
   * @throws LatchkeyError `CREDENTIAL_INVALID` if it is not the token
   * @throws NotFoundError for a request from elsewhere: that there are metrics is not told
   */
  check(request: HttpRequest): void {
    if (!this.hash) {
      if (isOfThisMachine(request)) return;
      throw new NotFoundError('There is nothing at this address.');
    }
    if (timingSafeEqual(this.hash, sha256(bearerTokenOf(request) ?? ''))) return;
    throw new LatchkeyError(
      'CREDENTIAL_INVALID',
      'Send the METRICS_TOKEN in the Authorization header, Bearer <token>.',
    );
  }
}

function isOfThisMachine({ socket, headers }: HttpRequest): boolean {
  const address = socket?.remoteAddress?.replace(/^::ffff:/i, '');
  return (
    address !== undefined && isLoopback(address) && OF_PROXIES.every((name) => headers[name] === undefined)
  );
}

function sha256(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
