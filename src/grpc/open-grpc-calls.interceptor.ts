import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { finalize, merge, Observable, Subject, takeUntil, tap } from 'rxjs';
import { callerOf } from '../access/transports/caller.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import type { Principal } from '../common/principal.js';
import { closeUnlessEnded } from './close-unless-ended.js';
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
    if (isPassedCall(data)) return this.watchPassed(data, callback, context.getArgs(), caller, next);
    return this.untilOver(next.handle(), caller, context.getArgByIndex<unknown>(2));
  }

  /** The answers, until the handler has given all of them, or an error in their place. */
  private untilOver(answers: Observable<unknown>, caller: Principal, open: unknown): Observable<unknown> {
    const done = new Subject<void>();
    const over = new Observable<never>((subscriber) => {
      const call = this.calls.watch(caller, (error) => {
        closeUnlessEnded(open);
        subscriber.error(new GrpcRefusedException(error));
      });
      return () => call.forget();
    });
    return merge(answers.pipe(finalize(() => done.next())), over.pipe(takeUntil(done)));
  }

  /**
   * The handler is given the call itself, and its answers are none of Nest's. The end of what the client sends (`end`, and `close` of
   * a call that only reads) is not the end of the call.
   */
  private watchPassed(
    passed: PassedCall,
    callback: unknown,
    args: unknown[],
    caller: Principal,
    next: CallHandler,
  ): Observable<unknown> {
    let answered = false;
    const answerOnce = (...answer: unknown[]): void => {
      if (answered) return;
      answered = true;
      call.forget();
      if (typeof callback === 'function') (callback as (...answer: unknown[]) => void)(...answer);
    };
    const once = typeof callback === 'function' ? answerOnce : undefined;
    const call = this.calls.watch(caller, (error) => {
      closeUnlessEnded(passed);
      endPassed(passed, once, grpcRefusal(error));
    });
    if (once) args[1] = once;
    for (const event of once ? ['cancelled'] : ['close', 'finish', 'cancelled']) {
      passed.on(event, () => call.forget());
    }
    return next.handle().pipe(tap({ error: () => call.forget() }));
  }
}
