import {
  type CanActivate,
  type ExceptionFilter,
  Injectable,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
} from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

/** Of `@nestjs/microservices`, which is not loaded for it: what `@GrpcMethod()`, `@MessagePattern()` and the like note on a method. */
const HANDLER_METADATA = 'microservices:handler_type';
/** Of `@nestjs/websockets`: what `@WebSocketGateway()` notes on a class. */
const GATEWAY_METADATA = 'websockets:is_gateway';

const KEYS = {
  guard: GUARDS_METADATA,
  interceptor: INTERCEPTORS_METADATA,
  filter: EXCEPTION_FILTERS_METADATA,
};

type ModuleRef = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * The classes of an application whose methods microservices and gateways call. What is named in their metadata is asked in each
 * arrangement, as Nest applies nothing global to a microservice that was connected without `inheritAppConfig`.
 */
@Injectable()
export class MessageHandlers {
  constructor(private readonly modules: ModulesContainer) {}

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
    for (const module of this.modules.values()) {
      const classes = classesOf(module);
      for (const each of classes) put(KEYS[kind], name, each);
      // Of this application alone: Nest looks here for what the metadata names.
      if (classes.length > 0) module.addInjectable({ provide: name, useValue: instance }, kind);
    }
  }
}

function classesOf({ controllers, providers }: ModuleRef): object[] {
  const metatypes = (all: typeof providers) => [...all.values()].map(({ metatype }) => metatype);
  const gateways = metatypes(providers).filter(
    (metatype) => typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY_METADATA, metatype),
  );
  return [...metatypes(controllers).filter(hasHandlers), ...gateways].filter((metatype) => metatype !== null);
}

function hasHandlers(metatype: unknown): boolean {
  if (typeof metatype !== 'function') return false;
  const prototype = metatype.prototype as Record<string, unknown>;
  return new MetadataScanner().getAllMethodNames(prototype).some((name) => {
    const method = prototype[name];
    return typeof method === 'function' && Reflect.hasMetadata(HANDLER_METADATA, method);
  });
}

function put(key: string, name: Type, metatype: object): void {
  const there = (Reflect.getMetadata(key, metatype) as unknown[] | undefined) ?? [];
  if (!there.includes(name)) Reflect.defineMetadata(key, [name, ...there], metatype);
}
