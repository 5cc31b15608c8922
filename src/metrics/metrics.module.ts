import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { countRequests } from './count-requests.js';
import { MetricsAccess } from './metrics-access.js';
import { METRICS_REGISTRY } from './metrics-core.module.js';
import type { MetricsOptions } from './metrics-options.js';
import { MetricsText } from './metrics-text.js';
import { MetricsController } from './metrics.controller.js';
import { OtherProcesses } from './other-processes.js';
import type { MetricsRegistry } from './prometheus/metrics-registry.js';
import { RequestTallies } from './request-tallies.js';

/** Counts what the application does, and `GET /metrics`. Stands on `MetricsCoreModule`. */
@Module({})
export class MetricsModule implements OnModuleInit {
  constructor(
    @Inject(METRICS_REGISTRY) private readonly metrics: MetricsRegistry,
    private readonly tallies: RequestTallies,
    private readonly moduleRef: ModuleRef,
  ) {}

  static forRoot({ route = true }: MetricsOptions, overrides?: ModuleOverrides): DynamicModule {
    return {
      module: MetricsModule,
      imports: withImports([], overrides),
      controllers: route ? [MetricsController] : [],
      providers: withOverrides(
        [
          MetricsAccess,
          OtherProcesses,
          {
            provide: RequestTallies,
            inject: [HttpAdapterHost],
            useFactory: (host: HttpAdapterHost) => {
              const tallies = new RequestTallies();
              // On Express, before all that answers: when modules are set up, Nest has its routes registered.
              countRequests(host, tallies);
              return tallies;
            },
          },
          {
            provide: MetricsText,
            inject: [METRICS_REGISTRY, OtherProcesses],
            useFactory: async (metrics: MetricsRegistry, others: OtherProcesses) => {
              const { PrometheusText } = await import('./prometheus/prometheus-text.js');
              return new PrometheusText(metrics, others);
            },
          },
        ],
        overrides,
      ),
    };
  }

  /** Called by Nest. */
  async onModuleInit(): Promise<void> {
    const { addMetrics } = await import('./prometheus/add-metrics.js');
    await addMetrics(this.metrics, this.tallies, this.moduleRef);
  }
}
