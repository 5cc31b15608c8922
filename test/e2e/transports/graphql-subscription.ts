import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** How a connection is ended. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A subscription on a connection of its own, by the client that most pages use. */
export class GraphqlSubscription {
  /** What is answered first: an event, or the errors that refuse it. */
  readonly first: Promise<unknown>;
  readonly closed: Promise<Closing>;
  private readonly client: ReturnType<typeof createClient>;

  constructor(
    /** Of the server. */
    url: string,
    {
      params = {},
      headers = {},
    }: { readonly params?: Record<string, unknown>; readonly headers?: Record<string, string> },
  ) {
    let tell: (event: Closing) => void = () => undefined;
    this.closed = new Promise((resolve) => (tell = resolve));
    class WithHeaders extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { headers });
      }
    }
    this.client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WithHeaders,
      connectionParams: params,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
      on: {
        closed: (event) => {
          const { code, reason } = event as Closing;
          tell({ code, reason });
        },
      },
    });
    this.first = new Promise((resolve) => {
      this.client.subscribe(
        { query: 'subscription { events }' },
        {
          next: resolve,
          error: (error) => resolve(Array.isArray(error) ? { errors: error } : { error }),
          complete: () => undefined,
        },
      );
    });
  }

  async end(): Promise<void> {
    await this.client.dispose();
  }
}
