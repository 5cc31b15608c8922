import type { ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import type { AuthenticatedRequest } from '../authenticated-request.js';

/** What Nest hands to handlers (a call, a socket, a context of GraphQL), and who it is from. */
const callers = new WeakMap<object, Principal>();

/**
 * Notes who a call is from.
 * @param carrier one of the handler's arguments, which lives as long as the call and belongs to it alone
 */
export function bindCaller(carrier: object, caller: Principal): void {
  callers.set(carrier, caller);
}

/**
 * Who calls, once `JwtAuthGuard` has let the call in.
 * @returns undefined where it has not, or the route is `@Public()`
 */
export function callerOf(context: ExecutionContext): Principal | undefined {
  if (context.getType() === 'http') return context.getArgByIndex<AuthenticatedRequest>(0).user;
  for (const part of context.getArgs<unknown[]>()) {
    const caller = typeof part === 'object' && part !== null ? callers.get(part) : undefined;
    if (caller) return caller;
  }
  return undefined;
}
