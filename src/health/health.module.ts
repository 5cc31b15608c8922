import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { WriteProbe } from './write-probe.js';

/** `GET /health/live` and `GET /health/ready`. */
@Module({ controllers: [HealthController], providers: [WriteProbe] })
export class HealthModule {}
