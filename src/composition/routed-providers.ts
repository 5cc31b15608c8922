import type { DynamicModule, InjectionToken, Provider } from '@nestjs/common';
import type { ModuleOverrides } from '../common/module-overrides.js';

/** Makes a module whose defaults can be replaced. */
export type ReplaceableModule = (overrides: ModuleOverrides) => DynamicModule;

/** What goes where. */
interface RoutedProviders {
  /** In the order of the modules. */
  readonly ofModules: readonly Provider[][];
  /** Stand in for nothing. */
  readonly others: readonly Provider[];
}

export function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}

/** Each provider belongs to the module that has a default for its token. */
export function routeProviders(
  modules: readonly ReplaceableModule[],
  providers: readonly Provider[],
): RoutedProviders {
  const tokens = modules.map((make) => new Set((make({}).providers ?? []).map(tokenOf)));
  const ownerOf = (provider: Provider) => tokens.findIndex((owned) => owned.has(tokenOf(provider)));
  return {
    ofModules: modules.map((_, index) => providers.filter((provider) => ownerOf(provider) === index)),
    others: providers.filter((provider) => ownerOf(provider) === -1),
  };
}
