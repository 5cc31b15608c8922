import { Injectable } from '../common/nest.js';
import { tracedFetch } from '../common/tracing/traced-fetch.js';
import { tracingWithinSpan } from '../common/tracing/tracing.js';
import { callUnderWay, currentCalls } from './current-call.js';
import { RelayRefusedError } from './relay-refused.error.js';

/**
 * Calls other services on behalf of the caller of the call under way: with the same access token, request id and trace, and with
 * this service added to the names of those that it came through. Needs the option `relay`.
 */
@Injectable()
export class IdentityRelay {
  /**
   * Headers for a client of yours, in lower case: `x-request-id`, `traceparent`, `tracestate`, `latchkey-callers`, and `authorization`
   * where a URL is given and the route is not `@Public()`.
   * @param url where they go. Without it the token is left out, as it goes only to hosts that were named
   * @throws RelayRefusedError if `relay.to` does not name the host, or no call is under way, or its caller has no token
   */
  headers(url?: string | URL): Record<string, string> {
    const call = callUnderWay();
    if (url === undefined) return call.headersWithoutToken();
    call.rules.requireUrl(urlOf(url));
    return call.headers();
  }

  /**
   * As the global `fetch`, with those headers in place of any of these names. No redirect is followed: it is an error, or the answer with
   * `redirect: 'manual'`.
   * @throws RelayRefusedError as `headers`; before anything is sent
   */
  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const to = urlOf(url);
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.headers(to))) headers.set(name, value);
    return tracedFetch(tracingWithinSpan(), to, {
      ...init,
      headers,
      redirect: init.redirect === 'manual' ? 'manual' : 'error',
    });
  }

  /**
   * Names of the services that the call under way came through, the first one first, without this one; empty where there is none.
   * For logs: each is what a service, or a client, says of itself, and decides nothing.
   */
  callers(): readonly string[] {
    return currentCalls.getStore()?.callers ?? [];
  }

  /** The id of the call under way, the same in each service; undefined where there is none. */
  requestId(): string | undefined {
    return currentCalls.getStore()?.requestId;
  }
}

/** A copy: what was looked at is what is asked. */
function urlOf(url: string | URL): URL {
  const text = String(url);
  if (URL.canParse(text)) return new URL(text);
  throw new RelayRefusedError(
    'RELAY_HOST_NOT_NAMED',
    'The identity of a caller is sent to whole addresses only, such as https://billing.internal/invoices.',
  );
}
