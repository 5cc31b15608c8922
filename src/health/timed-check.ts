import { setTimeout as sleep } from 'node:timers/promises';

/** Asks one thing. One asking at a time, however many want to know; it goes on when they have stopped waiting. */
export class TimedCheck {
  private asking: Promise<void> | undefined;

  /** @param patience how long an answer is waited for; milliseconds */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly patience: number,
  ) {}

  /** @throws what asking throws; Error if there is no answer in time */
  async run(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    const ended = new AbortController();
    try {
      await Promise.race([this.asking, this.tooLate(ended.signal)]);
    } finally {
      ended.abort();
    }
  }

  private async tooLate(signal: AbortSignal): Promise<void> {
    // Aborted, it has lost the race already.
    await sleep(this.patience, undefined, { ref: false, signal }).catch(() => undefined);
    if (!signal.aborted) throw new Error(`no answer within ${this.patience} ms`);
  }
}
