import { type ApiClient, uniqueEmail } from '../../support/api-client.js';

/** A user of the load: the tokens that were acknowledged last. */
interface Chain {
  readonly email: string;
  accessToken: string;
  refreshToken: string;
}

/** Callers who register, refresh and use their tokens, one request after another, until they are stopped. */
export class Callers {
  /** One for each registration that was answered. */
  readonly chains: Chain[] = [];
  /** What was not answered as it should be. */
  readonly failures: string[] = [];
  /** Of each of `failures` how many requests there had been when it was made, itself included. */
  readonly failed: number[] = [];
  requests = 0;
  /** Registrations and refreshes that were answered as they should be. */
  writes = 0;
  private over = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly api: ApiClient,
    callers = 6,
  ) {
    this.running = Promise.all(Array.from({ length: callers }, () => this.call()));
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
  }

  private async call(): Promise<void> {
    while (!this.over) {
      const email = uniqueEmail();
      const registered = await this.ask('register', 201, () => this.api.register({ email }));
      if (!registered) continue;
      const { accessToken, refreshToken } = registered;
      const chain: Chain = { email, accessToken, refreshToken };
      this.chains.push(chain);
      this.writes += 1;
      for (let turn = 0; turn < 5 && !this.over; turn += 1) {
        await this.ask('verify', 204, () => this.api.get('/api/auth/verify', { token: chain.accessToken }));
        const refreshed = await this.ask('refresh', 200, () => this.api.refresh(chain.refreshToken));
        if (!refreshed) continue;
        Object.assign(chain, refreshed);
        this.writes += 1;
      }
    }
  }

  private async ask<Body>(
    name: string,
    expected: number,
    request: () => Promise<{ readonly status: number; readonly body: Body }>,
  ): Promise<Body | undefined> {
    this.requests += 1;
    const number = this.requests;
    let failure: string;
    try {
      const { status, body } = await request();
      if (status === expected) return body;
      failure = `${name} ${status} ${JSON.stringify(body)}`;
    } catch (error) {
      failure = `${name} ${String(error)} ${String((error as Error).cause)}`;
    }
    this.failures.push(failure);
    this.failed.push(number);
    return undefined;
  }
}
