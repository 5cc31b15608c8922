import { Injectable } from '../common/nest.js';
import { MessageHandlerInterceptor } from '../access/transports/message-handler.interceptor.js';
import { MessageHandlers } from '../access/transports/message-handlers.js';
import { RelayInterceptor } from './relay.interceptor.js';

class HandlersRelay extends MessageHandlerInterceptor {}

/** Has calls relayed where the global interceptors are not in force. */
@Injectable()
export class RelayMessageHandlers {
  constructor(handlers: MessageHandlers, relay: RelayInterceptor) {
    handlers.interceptBy(HandlersRelay, new HandlersRelay(relay));
  }
}
