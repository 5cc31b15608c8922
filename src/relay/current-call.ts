import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { activeTraceHeaders } from '../common/tracing/trace-headers.js';
import { RelayRefusedError } from './relay-refused.error.js';
import type { RelayRules } from './relay-rules.js';
import { isServiceName } from './service-name.js';
import { receivedTrace, type Trace, traceHeaders } from './trace-context.js';

/** The services that a call came through, in the order in which it did; each adds its name. */
const CALLERS_HEADER = 'latchkey-callers';
const REQUEST_ID_HEADER = 'x-request-id';
/** A call that comes through more is going round in a circle; those before the last are left out. */
const CALLERS_MAX = 16;

/** Of a call, what others that are made for it must know. Asked only when one is. */
export interface ReceivedCall {
  /** Of HTTP, or metadata of gRPC; by its name in lower case. */
  header(name: string): string | undefined;
  /** As this service names the call; undefined: it does not. */
  id(): string | undefined;
  /** Whether it is known who calls. Not where the route is `@Public()`. */
  hasCaller(): boolean;
  /** The verified access token of that caller; undefined: known by something else. */
  token(): string | undefined;
}

/** A call under way. */
export class CurrentCall {
  private ownId: string | undefined;
  private ownTrace: Trace | undefined;

  constructor(
    private readonly received: ReceivedCall,
    readonly rules: RelayRules,
  ) {}

  /** The same in each service that it comes through: as it was received, or new. */
  get requestId(): string {
    const named = () => [this.received.id(), this.received.header(REQUEST_ID_HEADER)].find(isServiceName);
    this.ownId ??= named() ?? randomUUID();
    return this.ownId;
  }

  /** The services that it came through, the first one first. What they say of themselves. */
  get callers(): readonly string[] {
    const names = (this.received.header(CALLERS_HEADER) ?? '').split(',').map((name) => name.trim());
    return names.filter(isServiceName).slice(-CALLERS_MAX);
  }

  /**
   * What tells the next service on whose behalf it is called: headers of HTTP and metadata of gRPC alike, in lower case. Only for where
   * the rules let a token go.
   * @throws RelayRefusedError if the caller is known by something else than a token
   */
  headers(): Record<string, string> {
    return { ...this.authorization(), ...this.headersWithoutToken() };
  }

  /** The same without the token: nothing that a service could act by. */
  headersWithoutToken(): Record<string, string> {
    return {
      [REQUEST_ID_HEADER]: this.requestId,
      ...(activeTraceHeaders() ?? traceHeaders(this.trace)),
      [CALLERS_HEADER]: [...this.callers, this.rules.service].slice(-CALLERS_MAX).join(', '),
    };
  }

  private get trace(): Trace {
    const { received } = this;
    this.ownTrace ??= receivedTrace(received.header('traceparent'), received.header('tracestate'));
    return this.ownTrace;
  }

  private authorization(): { readonly authorization?: string } {
    if (!this.received.hasCaller()) return {};
    const token = this.received.token();
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    throw new RelayRefusedError(
      'RELAY_WITHOUT_TOKEN',
      'The caller is known by something else than an access token, which no other service takes.',
    );
  }
}

/** One for the process: clients of gRPC are made outside of any module. */
export const currentCalls = new AsyncLocalStorage<CurrentCall>();

/** @throws RelayRefusedError if there is none */
export function callUnderWay(): CurrentCall {
  const call = currentCalls.getStore();
  if (call) return call;
  throw new RelayRefusedError(
    'RELAY_WITHOUT_CALL',
    'No call is under way here whose identity could be relayed: background work has none, and no call has one without the option relay.',
  );
}
