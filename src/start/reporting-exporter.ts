import type { Logger } from '@nestjs/common';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

/** Says once that spans cannot be sent, and once that they can again. Those that could not are gone: no request waits for them. */
export class ReportingExporter implements SpanExporter {
  private failing = false;

  /** @param endpoint for the message */
  constructor(
    private readonly exporter: SpanExporter,
    private readonly endpoint: string,
    private readonly logger: Logger,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      this.report(result);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private report({ code, error }: ExportResult): void {
    const fails = code === ExportResultCode.FAILED;
    if (fails && !this.failing)
      this.logger.warn(`Spans cannot be sent to ${this.endpoint}: ${reasonOf(error)}`);
    if (!fails && this.failing) this.logger.log(`Spans are sent to ${this.endpoint} again.`);
    this.failing = fails;
  }
}

/** A connection that no address of a name takes fails with all of their reasons, and no message of its own. */
function reasonOf(error: Error | undefined): string {
  const { errors = [] } = (error ?? {}) as { readonly errors?: readonly Error[] };
  return [error, ...errors].find((known) => known?.message)?.message ?? 'no answer';
}
