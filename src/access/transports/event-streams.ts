import { INTERCEPTORS_METADATA, SSE_METADATA } from '@nestjs/common/constants.js';
import { Injectable, ModulesContainer } from '../../common/nest.js';
import { methodsWith, putFirst } from './handler-metadata.js';
import { OpenCalls } from './open-calls.js';
import { OpenEventStreamsInterceptor } from './open-event-streams.interceptor.js';

/** Has an interceptor around the handlers with `@Sse()`, and around no others: a global one would cost every request. */
@Injectable()
export class EventStreams {
  constructor(modules: ModulesContainer, calls: OpenCalls) {
    const instance = new OpenEventStreamsInterceptor(calls);
    for (const module of modules.values()) {
      const streams = [...module.controllers.values()].flatMap(({ metatype }) =>
        methodsWith(SSE_METADATA, metatype),
      );
      for (const method of streams) putFirst(INTERCEPTORS_METADATA, OpenEventStreamsInterceptor, method);
      if (streams.length > 0)
        module.addInjectable({ provide: OpenEventStreamsInterceptor, useValue: instance }, 'interceptor');
    }
  }
}
