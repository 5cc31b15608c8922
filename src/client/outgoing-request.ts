/** A request that may have to be sent twice. */
export class OutgoingRequest {
  readonly method: string;
  readonly signal: AbortSignal | undefined;
  /** Whether its body is still there when it has been sent. */
  readonly isRepeatable: boolean;
  private readonly given: Headers;

  /** @param input as for `fetch` @param url of it */
  constructor(
    private readonly input: string | URL | Request,
    private readonly init: RequestInit,
    private readonly url: URL,
  ) {
    const request = isRequest(input) ? input : undefined;
    this.method = (init.method ?? request?.method ?? 'GET').toUpperCase();
    this.signal = init.signal ?? request?.signal;
    this.given = new Headers(init.headers ?? request?.headers);
    this.isRepeatable = !isStream(init.body);
  }

  /** Whether the caller has brought a token. */
  get isAuthorized(): boolean {
    return this.given.has('authorization');
  }

  /** A copy, to be added to. */
  get headers(): Headers {
    return new Headers(this.given);
  }

  /** For `fetch`; each time anew. */
  with(headers: Headers): [URL | Request, RequestInit] {
    // The body of a `Request` is a stream, whatever it was made of, so that a copy of it is sent.
    const target = isRequest(this.input) ? this.input.clone() : this.url;
    return [target, { ...this.init, method: this.method, headers }];
  }
}

export function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'clone' in input;
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
}
