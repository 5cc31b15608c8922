import { Injectable } from '@nestjs/common';
import { MessageHandlerInterceptor } from '../access/transports/message-handler.interceptor.js';
import { MessageHandlers } from '../access/transports/message-handlers.js';
import { GrpcRefusedFilter } from './grpc-refused.filter.js';
import { OpenGrpcCallsInterceptor } from './open-grpc-calls.interceptor.js';

class HandlersOpenCalls extends MessageHandlerInterceptor {}

/** Ends and answers calls of gRPC where the global interceptors and filters are not in force. */
@Injectable()
export class GrpcMessageHandlers {
  constructor(handlers: MessageHandlers, calls: OpenGrpcCallsInterceptor) {
    handlers.interceptBy(HandlersOpenCalls, new HandlersOpenCalls(calls));
    handlers.filterBy(GrpcRefusedFilter, new GrpcRefusedFilter());
  }
}
