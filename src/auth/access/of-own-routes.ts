import type { CanActivate, ExecutionContext, FactoryProvider, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { isOwnController } from '../../common/is-of-latchkey.js';

/** A guard of the whole application that holds for our routes only. */
export function ofOwnRoutes(guard: Type<CanActivate>): FactoryProvider<CanActivate> {
  return {
    provide: APP_GUARD,
    inject: [guard],
    useFactory: (own: CanActivate) => ({
      canActivate: (context: ExecutionContext) =>
        !isOwnController(context.getClass()) || own.canActivate(context),
    }),
  };
}
