import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { finalize, merge, Observable, takeUntil, Subject } from 'rxjs';
import { callerOf } from '../access/transports/caller.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import type { Principal } from '../common/principal.js';
import { isPassedCall, type PassedCall } from './grpc-call.js';
import { endPassed } from './grpc-answer.js';
import { GrpcRefusedException, grpcRefusal } from './grpc-refusal.js';

/** Ends calls of gRPC, streams above all, once their caller's token is no longer good. */
@Injectable()
export class OpenGrpcCallsInterceptor implements NestInterceptor {
  constructor(private readonly calls: OpenCalls) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc') return next.handle();
    const caller = callerOf(context);
    if (!caller) return next.handle();
    const [data, callback] = context.getArgs<[unknown, unknown]>();
    if (isPassedCall(data)) {
      this.watchPassed(data, callback, caller);
      return next.handle();
    }
    return this.untilOver(next.handle(), caller);
  }

  /** The answers, until the handler has given all of them, or an error in their place. */
  private untilOver(answers: Observable<unknown>, caller: Principal): Observable<unknown> {
    const done = new Subject<void>();
    const over = new Observable<never>((subscriber) => {
      const call = this.calls.watch(caller, (error) => subscriber.error(new GrpcRefusedException(error)));
      return () => call.forget();
    });
    return merge(answers.pipe(finalize(() => done.next())), over.pipe(takeUntil(done)));
  }

  /** The handler is given the call itself, and its answers are none of Nest's. */
  private watchPassed(passed: PassedCall, callback: unknown, caller: Principal): void {
    const call = this.calls.watch(caller, (error) => endPassed(passed, callback, grpcRefusal(error)));
    for (const event of ['end', 'close', 'finish', 'cancelled']) passed.on(event, () => call.forget());
  }
}
