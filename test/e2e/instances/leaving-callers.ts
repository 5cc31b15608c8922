import type { ApiClient } from '../../support/api-client.js';

/** Callers who register, use a service, and log out, one after another, until they are stopped. */
export class LeavingCallers {
  /** Tokens whose logout was acknowledged. */
  readonly ended: string[] = [];
  /** What the service answered to a good token, where it was not 200. */
  readonly refused: number[] = [];
  private over = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly api: ApiClient,
    private readonly use: (token: string) => Promise<{ readonly status: number }>,
    callers = 3,
  ) {
    this.running = Promise.all(Array.from({ length: callers }, () => this.call()));
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
  }

  private async call(): Promise<void> {
    while (!this.over) {
      try {
        await this.comeAndGo();
      } catch {
        // An instance that is killed answers nothing any more: what it had been asked does not count.
      }
    }
  }

  private async comeAndGo(): Promise<void> {
    const { status: registered, body } = await this.api.register();
    if (registered !== 201) return;
    const { accessToken: token } = body;
    const { status } = await this.use(token);
    if (status !== 200) this.refused.push(status);
    const { status: left } = await this.api.post('/api/auth/logout', undefined, { token });
    if (left === 204) this.ended.push(token);
  }
}
