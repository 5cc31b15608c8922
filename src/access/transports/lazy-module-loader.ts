import { setImmediate } from 'node:timers/promises';
import type { LazyModuleLoader } from '@nestjs/core';
import type { ModulesContainer } from '../../common/nest.js';

/**
 * Nest's own, of an application that is being made. Not injected: its class comes with all of Nest, which is loaded by then only.
 * @throws Error if there is none: modules that it loads later would be known to no guard
 */
export async function lazyModuleLoader(modules: ModulesContainer): Promise<LazyModuleLoader> {
  const { LazyModuleLoader: name } = await import('@nestjs/core');
  // Nest's own providers wait for nothing, and are made first.
  await setImmediate();
  for (const { providers } of modules.values()) {
    const instance: unknown = providers.get(name)?.instance;
    if (instance instanceof name) return instance;
  }
  throw new Error('This version of @nestjs/core is not known: it has no LazyModuleLoader.');
}
