import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '../../common/nest.js';

/** The arguments of calls, which all that Nest asks about one is given. */
const calls = new WeakSet<object>();

/**
 * Notes the calls to which Nest applies what the application has globally. A microservice that was connected without
 * `inheritAppConfig`, and nothing else, has a configuration of its own, without it.
 */
@Injectable()
export class GlobalsInForce implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isMessage(context)) calls.add(context.getArgs<unknown[]>());
    return true;
  }
}

/** Whether the global guards, and so interceptors and filters, hold for a call. */
export function areGlobalsInForce(context: ExecutionContext): boolean {
  return !isMessage(context) || calls.has(context.getArgs<unknown[]>());
}

/** HTTP and GraphQL have the application's configuration always. */
function isMessage(context: ExecutionContext): boolean {
  const type = context.getType();
  return type === 'rpc' || type === 'ws';
}
