/** The metrics as Prometheus reads them. */
export abstract class MetricsText {
  abstract readonly contentType: string;
  /** Of this process, or of all that share its port. */
  abstract read(): Promise<string>;
}
