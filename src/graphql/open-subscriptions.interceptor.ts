import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { callerOf } from '../access/transports/caller.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import { connectionOf } from './graphql-context.js';

/** `Forbidden` of graphql-ws: its clients connect again, and ask for the token anew. */
const CLOSE_CODE = 4403;

/** Closes the connection of subscriptions once the token that it was opened with is no longer good. */
@Injectable()
export class OpenSubscriptionsInterceptor implements NestInterceptor {
  private readonly watched = new WeakSet<object>();

  constructor(private readonly calls: OpenCalls) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType<string>() === 'graphql') this.watch(context);
    return next.handle();
  }

  /** All operations of a connection are by one token. */
  private watch(context: ExecutionContext): void {
    const connection = connectionOf(context);
    const caller = callerOf(context);
    if (!connection || !caller || this.watched.has(connection.socket)) return;
    this.watched.add(connection.socket);
    const call = this.calls.watch(caller, ({ code }) => connection.close(CLOSE_CODE, code));
    connection.onceClosed(() => call.forget());
  }
}
