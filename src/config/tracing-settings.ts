import type { EnvironmentSource } from './read-settings.js';

/** How the server sends its spans; what is not here the SDK reads of the environment itself. */
export interface TracingSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Host and port, for messages. */
  readonly endpoint: string;
}

/** What the variables of OpenTelemetry ask for; `doubts` are sentences for a warning. */
export interface TracingRequest {
  readonly settings: TracingSettings | undefined;
  readonly doubts: readonly string[];
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;
const EXPORTER = 'OTEL_TRACES_EXPORTER';
const DISABLED = 'OTEL_SDK_DISABLED';
/** As the specification has it. */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

/**
 * Whether spans are sent: where one of the standard variables names an endpoint or an exporter, and none turns it off. They are set for
 * many programs at once, so that what is wrong or not supported is warned of, and leaves tracing off; it stops no start.
 */
export function tracingSettings(source: EnvironmentSource = process.env): TracingRequest {
  const [, endpoint] = first(source, ENDPOINTS, '');
  const [, exporter] = first(source, [EXPORTER], endpoint === '' ? 'none' : 'otlp');
  if (exporter === 'none' || isTrue(source[DISABLED])) return { settings: undefined, doubts: [] };
  return exporter === 'otlp' ? otlpSettings(source) : without(`${EXPORTER} must be otlp or none`);
}

function otlpSettings(source: EnvironmentSource): TracingRequest {
  const [urlName, url] = first(source, ENDPOINTS, DEFAULT_ENDPOINT);
  const [protocolName, protocol] = first(source, PROTOCOLS, 'http/protobuf');
  const endpoint = endpointOf(url);
  if (endpoint === undefined) return without(`${urlName} must be a URL of http or https`);
  if (!isProtocol(protocol)) return without(`${protocolName} must be http/protobuf or http/json`);
  return { settings: { protocol, endpoint }, doubts: [] };
}

function without(problem: string): TracingRequest {
  return { settings: undefined, doubts: [`${problem}: nothing is traced.`] };
}

/** The first of the names that has a value, since what is for traces alone comes before what is for all. An empty one has none. */
function first(
  source: EnvironmentSource,
  names: readonly string[],
  otherwise: string,
): readonly [name: string, value: string] {
  const name = names.find((known) => (source[known] ?? '').trim() !== '') ?? '';
  return [name, source[name]?.trim() ?? otherwise];
}

/** As the specification has it: all but `true` is false. */
function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}

function isProtocol(text: string): text is TracingSettings['protocol'] {
  return text === 'http/protobuf' || text === 'http/json';
}

/** @returns host and port */
function endpointOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? host : undefined;
}
