import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { ReadinessModule } from './readiness.module.js';

/** `GET /health/live` and `GET /health/ready`. */
@Module({ imports: [ReadinessModule], controllers: [HealthController] })
export class HealthModule {}
