import type { Provider } from '@nestjs/common';
import { APP_GUARD, ModulesContainer } from '../../common/nest.js';
import { GlobalsInForce } from './globals-in-force.js';
import { GuardedMessageHandlers } from './guarded-message-handlers.js';
import { lazyModuleLoader } from './lazy-module-loader.js';
import { MessageHandlers } from './message-handlers.js';

/**
 * What holds for handlers of microservices that were connected without `inheritAppConfig`, too.
 * @param globalGuards whether the guards do
 */
export function messageHandlerProviders(globalGuards: boolean): Provider[] {
  return [
    {
      provide: MessageHandlers,
      inject: [ModulesContainer],
      useFactory: async (modules: ModulesContainer) =>
        new MessageHandlers(modules, await lazyModuleLoader(modules)),
    },
    { provide: APP_GUARD, useClass: GlobalsInForce },
    ...(globalGuards ? [GuardedMessageHandlers] : []),
  ];
}
