import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { RefusedWrites } from './errors/refused-writes.js';
import { AllowedMethods } from './problem-details/allowed-methods.js';

/** What every module may inject without importing. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, AllowedMethods, RefusedWrites],
  exports: [Clock, AllowedMethods, RefusedWrites],
})
export class CommonModule {}
