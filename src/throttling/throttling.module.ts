import { type DynamicModule, Module } from '@nestjs/common';
import { type ModuleOverrides, withOverrides } from '../common/module-overrides.js';
import { RateLimiter } from './rate-limiter.js';

/** Rate limits. Replaceable: `RateLimiter`. */
@Module({})
export class ThrottlingModule {
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: ThrottlingModule,
      global: true,
      providers: withOverrides([RateLimiter], options),
      exports: [RateLimiter],
    };
  }
}
