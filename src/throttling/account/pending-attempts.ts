import { UnavailableError } from '../../common/errors/latchkey-error.js';

/** Milliseconds. A password is verified in less, unless its caller has forgotten to say how it ended. */
const PATIENCE = 10_000;
/** Of one account, device or session. */
const WAITING_MAX = 64;

interface Line {
  /** Attempts whose password is being verified. */
  pending: number;
  readonly waiting: (() => void)[];
}

/**
 * Attempts of this process whose end is not known yet. They count as failures until then, so that guessing at once costs as
 * much as guessing in a row; what they leave no room for waits for their ends, so that right passwords at once all pass.
 */
export class PendingAttempts {
  private readonly lines = new Map<string, Line>();

  begin(key: string): void {
    const line = this.lines.get(key);
    if (line) line.pending += 1;
    else this.lines.set(key, { pending: 1, waiting: [] });
  }

  /** Lets one that waits try again; all of them once nothing is pending. */
  end(key: string): void {
    const line = this.lines.get(key);
    if (!line) return;
    line.pending -= 1;
    const woken = line.pending > 0 ? line.waiting.splice(0, 1) : line.waiting.splice(0);
    if (line.pending <= 0 && line.waiting.length === 0) this.lines.delete(key);
    for (const wake of woken) wake();
  }

  /**
   * @returns undefined if there is nothing to wait for; resolves when it is worth trying again
   * @throws UnavailableError if too many wait already
   */
  next(key: string): Promise<void> | undefined {
    const line = this.lines.get(key);
    if (!line) return undefined;
    if (line.waiting.length >= WAITING_MAX)
      throw new UnavailableError(
        'Too many passwords of one account are being checked; try again in a moment.',
      );
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(wake), 1);
        resolve();
      }, PATIENCE).unref();
      line.waiting.push(wake);
    });
  }
}
