import type { DynamicModule, Provider } from '@nestjs/common';
import { Global, Module } from './nest.js';
import { Clock, SystemClock } from './clock.js';
import { Draining } from './draining.js';
import { RefusedWrites } from './errors/refused-writes.js';
import { Measurements } from './measurements.js';
import type { ModuleOverrides } from './module-overrides.js';
import { AllowedMethods } from './problem-details/allowed-methods.js';
import { OtherAnswers } from './problem-details/other-answers.js';
import { ProblemDetailsFilter } from './problem-details/problem-details.filter.js';
import { ProblemPages } from './problem-details/problem-pages.js';
import { lookForTracing } from './tracing/tracing.js';

const TRACING_LOOKED_FOR = Symbol('TracingLookedFor');

const DEFAULTS: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  AllowedMethods,
  Draining,
  Measurements,
  RefusedWrites,
  OtherAnswers,
  ProblemPages,
  ProblemDetailsFilter,
  // Before anything is done that could be told of.
  { provide: TRACING_LOOKED_FOR, useFactory: lookForTracing },
];

/** What every module may inject without importing. Replaceable, with `forRoot`: `Clock`, `Measurements`, `ProblemDetailsFilter`. */
@Global()
@Module({
  providers: DEFAULTS,
  exports: [Clock, AllowedMethods, Draining, Measurements, RefusedWrites, ProblemPages, ProblemDetailsFilter],
})
export class CommonModule {
  /** With what stands in for the defaults. */
  static forRoot({ providers = [], imports = [] }: ModuleOverrides = {}): DynamicModule {
    return { module: CommonModule, imports, providers: [...DEFAULTS, ...providers] };
  }
}
