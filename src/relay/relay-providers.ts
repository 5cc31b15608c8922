import type { Provider } from '@nestjs/common';
import { APP_INTERCEPTOR } from '../common/nest.js';
import { IdentityRelay } from './identity-relay.js';
import type { RelayOptions } from './relay-options.js';
import { RelayRules } from './relay-rules.js';
import { RelayInterceptor } from './relay.interceptor.js';
import { RelayMessageHandlers } from './relay-message-handlers.js';

/** What the option `relay` adds to a module. Without it no call costs anything, and `IdentityRelay` relays nothing. */
export function relayProviders(relay: RelayOptions | undefined): Provider[] {
  if (!relay) return [IdentityRelay];
  return [
    IdentityRelay,
    { provide: RelayRules, useValue: new RelayRules(relay) },
    RelayInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: RelayInterceptor },
    RelayMessageHandlers,
  ];
}
