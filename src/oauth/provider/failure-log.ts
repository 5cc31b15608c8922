import type { IncomingMessage } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { logEntry } from '../../common/log-entry.js';
import { failureBody, isUnavailable } from './failures.js';
import { routeOf } from './oauth-paths.js';
import { Refusals } from './refusals.js';

/** Tells operators of requests to the authorization server that failed. */
@Injectable()
export class FailureLog {
  private readonly logger = new Logger('OAuth');

  constructor(private readonly refusals: Refusals) {}

  tell({ method = '', url = '' }: IncomingMessage, error: unknown, client: ClientInfo): void {
    const complaint = `${method} ${routeOf(url)} failed: ${reasonOf(error)}`;
    this.logger[isUnavailable(error) ? 'warn' : 'error'](logEntry(complaint, client));
    this.refusals.count(url, failureBody(error).error);
  }
}
