import type { CanActivate, ExceptionFilter, NestInterceptor, Type } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
} from '@nestjs/common/constants.js';
import type { LazyModuleLoader } from '@nestjs/core';
import type { ModulesContainer } from '../../common/nest.js';
import { methodsWith, putFirst } from './handler-metadata.js';

/** Of `@nestjs/microservices`, which is not loaded for it: what `@GrpcMethod()`, `@MessagePattern()` and the like note on a method. */
const HANDLER_METADATA = 'microservices:handler_type';
/** Of `@nestjs/websockets`: what `@WebSocketGateway()` notes on a class. */
const GATEWAY_METADATA = 'websockets:is_gateway';

const KEYS = {
  guard: GUARDS_METADATA,
  interceptor: INTERCEPTORS_METADATA,
  filter: EXCEPTION_FILTERS_METADATA,
};

interface Enhancer {
  readonly kind: keyof typeof KEYS;
  readonly name: Type;
  readonly instance: object;
}

type ModuleRef = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * The classes of an application whose methods microservices and gateways call. What is named in their metadata is asked in each
 * arrangement, as Nest applies nothing global to a microservice that was connected without `inheritAppConfig`.
 */
export class MessageHandlers {
  private readonly enhancers: Enhancer[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    loader: LazyModuleLoader,
  ) {
    this.addAfter(loader);
  }

  /**
   * Has Nest ask a guard before the class's own. Before the application's microservices and gateways are registered: in a constructor.
   * @param name stands for it in the metadata, which other applications of the process see: `new name()` must let all pass
   */
  guardBy<T extends CanActivate>(name: Type<T>, guard: T): void {
    this.add('guard', name, guard);
  }

  /** The same for an interceptor, around the class's own. */
  interceptBy<T extends NestInterceptor>(name: Type<T>, interceptor: T): void {
    this.add('interceptor', name, interceptor);
  }

  /** The same for a filter, which is asked after the class's own. */
  filterBy<T extends ExceptionFilter>(name: Type<T>, filter: T): void {
    this.add('filter', name, filter);
  }

  private add(kind: keyof typeof KEYS, name: Type, instance: object): void {
    const enhancer = { kind, name, instance };
    this.enhancers.push(enhancer);
    for (const module of this.modules.values()) put(enhancer, module);
  }

  /** Nest tells of no module that is loaded later, whose handlers a microservice may be connected to all the same. */
  private addAfter(loader: LazyModuleLoader): void {
    const load = loader.load.bind(loader);
    loader.load = async (...args) => {
      const loaded = await load(...args);
      for (const module of this.modules.values()) for (const each of this.enhancers) put(each, module);
      return loaded;
    };
  }
}

function put({ kind, name, instance }: Enhancer, module: ModuleRef): void {
  const classes = classesOf(module);
  for (const each of classes) putFirst(KEYS[kind], name, each);
  // Of this application alone: Nest looks here for what the metadata names.
  if (classes.length > 0) module.addInjectable({ provide: name, useValue: instance }, kind);
}

function classesOf({ controllers, providers }: ModuleRef): object[] {
  const metatypes = (all: typeof providers) => [...all.values()].map(({ metatype }) => metatype);
  const gateways = metatypes(providers).filter(
    (metatype) => typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY_METADATA, metatype),
  );
  return [
    ...metatypes(controllers).filter((each) => methodsWith(HANDLER_METADATA, each).length > 0),
    ...gateways,
  ].filter((metatype) => metatype !== null);
}
