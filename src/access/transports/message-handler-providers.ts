import type { Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GlobalsInForce } from './globals-in-force.js';
import { GuardedMessageHandlers } from './guarded-message-handlers.js';
import { MessageHandlers } from './message-handlers.js';

/**
 * What holds for handlers of microservices that were connected without `inheritAppConfig`, too.
 * @param globalGuards whether the guards do
 */
export function messageHandlerProviders(globalGuards: boolean): Provider[] {
  return [
    MessageHandlers,
    { provide: APP_GUARD, useClass: GlobalsInForce },
    ...(globalGuards ? [GuardedMessageHandlers] : []),
  ];
}
