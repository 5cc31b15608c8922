import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { areGlobalsInForce } from './globals-in-force.js';

/**
 * Passes calls to an interceptor of an application where its global ones are not in force. To be extended, so that each has a name
 * in the metadata of classes; without an interceptor, as Nest makes it in other applications of the process, it does nothing.
 */
export abstract class MessageHandlerInterceptor implements NestInterceptor {
  constructor(private readonly interceptor?: NestInterceptor) {}

  intercept(context: ExecutionContext, next: CallHandler): ReturnType<NestInterceptor['intercept']> {
    if (!this.interceptor || areGlobalsInForce(context)) return next.handle();
    return this.interceptor.intercept(context, next);
  }
}
