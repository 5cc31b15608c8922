import type { Type } from '@nestjs/common';
import { MetadataScanner } from '../../common/nest.js';

/**
 * The methods of a controller or gateway on which a decorator of Nest's has left a note.
 * @param key of the metadata
 * @param metatype the class, as Nest's container has it
 */
export function methodsWith(key: string, metatype: unknown): object[] {
  if (typeof metatype !== 'function') return [];
  const prototype = metatype.prototype as Record<string, unknown>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => prototype[name])
    .filter((method): method is object => typeof method === 'function' && Reflect.hasMetadata(key, method));
}

/**
 * Has Nest ask a guard, an interceptor or a filter before those of a class or a method itself.
 * @param key what it is: `GUARDS_METADATA` and the like
 * @param name what is asked; applications of the process share the metadata
 */
export function putFirst(key: string, name: Type, target: object): void {
  const there = (Reflect.getMetadata(key, target) as unknown[] | undefined) ?? [];
  if (!there.includes(name)) Reflect.defineMetadata(key, [name, ...there], target);
}
