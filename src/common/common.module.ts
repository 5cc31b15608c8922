import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { AllowedMethods } from './problem-details/allowed-methods.js';

/** What every module may inject without importing. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, AllowedMethods],
  exports: [Clock, AllowedMethods],
})
export class CommonModule {}
