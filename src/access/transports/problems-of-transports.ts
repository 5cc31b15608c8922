import type { Transport } from './transport.js';

/** What is wrong with an option `transports`, a line each. */
export function problemsOfTransports(transports: unknown): string[] {
  if (transports === undefined) return [];
  if (!Array.isArray(transports)) return ['transports must be a list such as [grpc()]'];
  return transports.every(isTransport)
    ? []
    : ['transports must hold what grpc(), graphql() or webSockets() gives'];
}

function isTransport(value: unknown): value is Transport {
  if (typeof value !== 'object' || value === null) return false;
  const { type, requestOf, bind } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof requestOf === 'function' && typeof bind === 'function';
}
