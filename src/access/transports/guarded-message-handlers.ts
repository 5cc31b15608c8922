import { Injectable } from '../../common/nest.js';
import { JwtAuthGuard } from '../jwt-auth.guard.js';
import { LatchkeyGuard } from '../latchkey.guard.js';
import { RolesGuard } from '../roles.guard.js';
import { ScopesGuard } from '../scopes.guard.js';
import { MessageHandlerGuard } from './message-handler.guard.js';
import { MessageHandlers } from './message-handlers.js';

/** Guards handlers of microservices and gateways where the global guards are not in force. */
@Injectable()
export class GuardedMessageHandlers {
  constructor(
    handlers: MessageHandlers,
    authentication: JwtAuthGuard,
    roles: RolesGuard,
    scopes: ScopesGuard,
  ) {
    const guard = new LatchkeyGuard(authentication, roles, scopes);
    handlers.guardBy(MessageHandlerGuard, new MessageHandlerGuard(guard));
  }
}
