/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The nonce that proofs need from now on. */
  readonly nonce: string | undefined;
}

/** A client of the token endpoint, without a library: it sends what a test says. */
export class TokenEndpoint {
  /** @param authorization the client's, unless it is public */
  constructor(
    readonly url: string,
    readonly authorization?: string,
  ) {}

  async ask(form: Readonly<Record<string, string>>, proof?: string): Promise<TokenAnswer> {
    const answer = await fetch(`${this.url}/oauth/token`, {
      method: 'POST',
      headers: {
        ...(this.authorization !== undefined && { authorization: this.authorization }),
        ...(proof !== undefined && { dpop: proof }),
      },
      body: new URLSearchParams(form),
    });
    const body = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, body, nonce: answer.headers.get('dpop-nonce') ?? undefined };
  }
}

/** `client_secret_basic` (RFC 6749 section 2.3.1). */
export function basicOf(id: string, secret: string | undefined): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret ?? '')}`).toString('base64')}`;
}
