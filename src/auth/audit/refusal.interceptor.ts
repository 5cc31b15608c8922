import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, tap } from 'rxjs';
import type { AuditEventType } from '../../audit/audit-event.js';
import { RefusalLog } from '../../audit/refusal-log.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import type { ErrorCode } from '../../common/errors/error-code.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { networkOf } from '../../throttling/network-of.js';

export const REFUSED_EVENT = 'latchkey:refused-event';

const REASONS: Partial<Record<ErrorCode, string>> = {
  ONE_TIME_TOKEN_INVALID: 'invalid_token',
  REFRESH_TOKEN_INVALID: 'invalid_token',
  INVALID_CREDENTIALS: 'wrong_credentials',
};

/** Most routes let a client try a few times a minute, each of which is a row; of hundreds of refreshes one is. */
const QUIET: Partial<Record<AuditEventType, number>> = { 'session.refresh_refused': 60_000 };

/** Records tokens that are refused: its sender has shown nothing else, so the subject is not known. */
@Injectable()
export class RefusalInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly refusals: RefusalLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = this.reflector.get<AuditEventType>(REFUSED_EVENT, context.getHandler());
    const request = context.switchToHttp().getRequest<HttpRequest>();
    return next.handle().pipe(tap({ error: (error: unknown) => this.record(type, error, request) }));
  }

  private record(type: AuditEventType, error: unknown, request: HttpRequest): void {
    const reason = error instanceof LatchkeyError ? REASONS[error.code] : undefined;
    if (reason === undefined) return;
    const client = clientInfoOf(request);
    const quiet = QUIET[type];
    if (quiet && !this.refusals.shouldReport(`${type} ${networkOf(client.ip ?? 'unknown')}`, quiet)) return;
    this.refusals.record(client, () => ({
      type,
      outcome: 'failure',
      actor: { kind: 'anonymous' },
      subject: null,
      client,
      details: { reason },
    }));
  }
}
