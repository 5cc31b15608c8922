import { Global, Module } from '@nestjs/common';
import { InstanceReadiness } from './instance-readiness.js';
import { Readiness } from './readiness.js';
import { StoreChecks } from './store-checks.js';
import { WriteProbe } from './write-probe.js';

/** `Readiness`, with or without the routes. */
@Global()
@Module({
  providers: [{ provide: Readiness, useClass: InstanceReadiness }, StoreChecks, WriteProbe],
  exports: [Readiness],
})
export class ReadinessModule {}
