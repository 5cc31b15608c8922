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
  /** What was not answered as it should be: `caller 1: …`. */
  readonly failures: string[] = [];
  requests = 0;
  /** Registrations and refreshes that were answered as they should be. */
  writes = 0;
  private over = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly api: ApiClient,
    callers = 6,
  ) {
    this.running = Promise.all(
      Array.from({ length: callers }, (_, index) => this.call(`caller ${index + 1}`)),
    );
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
  }

  /** How often the caller who met most failures did. */
  get mostFailures(): number {
    const callers = this.failures.map((failure) => failure.split(':', 1)[0]);
    return Math.max(0, ...callers.map((caller) => callers.filter((other) => other === caller).length));
  }

  private async call(caller: string): Promise<void> {
    while (!this.over) {
      const email = uniqueEmail();
      const registered = await this.ask(`${caller}: register`, 201, () => this.api.register({ email }));
      if (!registered) continue;
      const { accessToken, refreshToken } = registered;
      const chain: Chain = { email, accessToken, refreshToken };
      this.chains.push(chain);
      this.writes += 1;
      for (let turn = 0; turn < 5 && !this.over; turn += 1) {
        await this.ask(`${caller}: verify`, 204, () =>
          this.api.get('/api/auth/verify', { token: chain.accessToken }),
        );
        const refreshed = await this.ask(`${caller}: refresh`, 200, () =>
          this.api.refresh(chain.refreshToken),
        );
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
    try {
      const { status, body } = await request();
      if (status === expected) return body;
      this.failures.push(`${name} ${status} ${JSON.stringify(body)}`);
    } catch (error) {
      this.failures.push(`${name} ${String(error)} ${String((error as Error).cause)}`);
    }
    return undefined;
  }
}
