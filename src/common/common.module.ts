import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { RefusedWrites } from './errors/refused-writes.js';
import type { ModuleOverrides } from './module-overrides.js';
import { AllowedMethods } from './problem-details/allowed-methods.js';

const DEFAULTS: Provider[] = [{ provide: Clock, useClass: SystemClock }, AllowedMethods, RefusedWrites];

/** What every module may inject without importing. Replaceable, with `forRoot`: `Clock`. */
@Global()
@Module({
  providers: DEFAULTS,
  exports: [Clock, AllowedMethods, RefusedWrites],
})
export class CommonModule {
  /** With what stands in for the defaults. */
  static forRoot({ providers = [], imports = [] }: ModuleOverrides = {}): DynamicModule {
    return { module: CommonModule, imports, providers: [...DEFAULTS, ...providers] };
  }
}
