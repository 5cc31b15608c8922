/**
 * Lets concurrent threads pass one at a time, in a given order, so that an interleaving can be repeated. Open to all
 * except during `run`.
 */
export class Turnstile {
  private order: number[] | undefined;
  private waiting: (() => void)[] = [];
  private running = 0;

  /** @param order which of those waiting goes next, each time that all others wait or are done */
  async run(threads: readonly (() => Promise<void>)[], order: readonly number[]): Promise<void> {
    this.order = [...order];
    this.running = threads.length;
    await Promise.all(threads.map((thread) => thread().finally(() => this.stand())));
    this.order = undefined;
  }

  async pass(): Promise<void> {
    if (!this.order) return;
    const turn = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.stand();
    await turn;
  }

  private stand(): void {
    this.running -= 1;
    if (this.running > 0 || this.waiting.length === 0) return;
    const next = (this.order?.shift() ?? 0) % this.waiting.length;
    const [go] = this.waiting.splice(next, 1);
    this.running = 1;
    go?.();
  }
}
