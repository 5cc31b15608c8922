import { IncomingMessage, ServerResponse } from 'node:http';

/** A request and its answer, as Node has them. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** @param request and response of Fastify, or of Express, where they are Node's themselves */
export function nodeExchange(request: object, response: object): NodeExchange {
  const [asked, answered] = [rawOf(request), rawOf(response)];
  if (asked instanceof IncomingMessage && isResponse(answered)) return { request: asked, response: answered };
  throw new Error('The request is none of Fastify or Express.');
}

function rawOf(value: object): unknown {
  return 'raw' in value ? value.raw : value;
}

function isResponse(value: unknown): value is ServerResponse {
  return value instanceof ServerResponse;
}
