import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable, takeUntil } from 'rxjs';
import type { Principal } from '../../common/principal.js';
import { callerOf } from './caller.js';
import type { OpenCalls } from './open-calls.js';

/**
 * Ends streams of server-sent events once their caller's token is no longer good. What names it is the metadata of a method, which
 * applications of one process share: in those that have put none there it is made by Nest, without arguments, and does nothing.
 */
export class OpenEventStreamsInterceptor implements NestInterceptor {
  constructor(private readonly calls?: OpenCalls) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { calls } = this;
    const caller = context.getType() === 'http' ? callerOf(context) : undefined;
    if (!calls || !isPrincipal(caller)) return next.handle();
    const over = new Observable<void>((subscriber) => {
      const call = calls.watch(caller, () => subscriber.next());
      return () => call.forget();
    });
    return next.handle().pipe(takeUntil(over));
  }
}

/** A guard of the application's own may have put something else on the request. */
function isPrincipal(caller: Principal | undefined): caller is Principal {
  const { expiresAt, tokenId } = (caller ?? {}) as Partial<Record<keyof Principal, unknown>>;
  return typeof expiresAt === 'number' && typeof tokenId === 'string';
}
