import type { Registry } from 'prom-client';

/** Whether, and where, the application counts. */
export interface MetricsOptions {
  /**
   * A registry of the application's own (`Registry` of `prom-client`), to which the metrics are added; those of the process and of Node
   * are left to the application. Default: one of Latchkey's own.
   */
  readonly registry?: Registry | undefined;
  /** Whether `GET /metrics` answers. `false`: the application serves its registry itself. Default: `true`. */
  readonly route?: boolean | undefined;
}
