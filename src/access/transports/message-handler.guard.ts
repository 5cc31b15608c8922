import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { areGlobalsInForce } from './globals-in-force.js';

/**
 * Asks the guards of an application where its global ones are not in force. What names it is the metadata of a class, which
 * applications of one process share: in those that have put no guard there it is made by Nest, without arguments, and lets all pass.
 */
export class MessageHandlerGuard implements CanActivate {
  constructor(private readonly guard?: CanActivate) {}

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return !this.guard || areGlobalsInForce(context) || this.guard.canActivate(context);
  }
}
