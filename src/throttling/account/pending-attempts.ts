import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PENDING_MAX } from './attempt-store.js';

/** How often it is looked whether attempts of other processes have ended: nothing tells of it. Milliseconds. */
const LOOK_EVERY = 50;
/** Of one account, device or session: a hundred that come at once are told when to try again, however slow the hashes are. */
const WAITING_MAX = 128;

interface Line {
  /** Attempts of this process whose password is being verified. */
  pending: number;
  readonly waiting: (() => void)[];
  /** While others' attempts are waited for. */
  looking?: NodeJS.Timeout;
}

/**
 * Attempts whose end is not known yet. They count as failures until then, so that guessing at once costs as much as
 * guessing in a row; what they leave no room for waits for their ends, so that right passwords at once all pass.
 */
export class PendingAttempts {
  private readonly lines = new Map<string, Line>();

  begin(key: string): void {
    this.lineOf(key).pending += 1;
  }

  /** Lets one that waits try again; all of them once nothing is pending. */
  end(key: string): void {
    const line = this.lines.get(key);
    if (!line) return;
    line.pending -= 1;
    this.wake(key, line, line.pending > 0 ? 1 : Infinity);
  }

  /** Nothing is pending anywhere, and there is no room: those that wait are to hear so. */
  refuse(key: string): void {
    const line = this.lines.get(key);
    if (line && line.pending <= 0) this.wake(key, line, Infinity);
  }

  /**
   * @param elsewhere whether attempts of other processes are under way, too
   * @returns undefined if there is nothing to wait for; resolves when it is worth trying again
   * @throws UnavailableError if too many wait already
   */
  next(key: string, elsewhere: boolean): Promise<void> | undefined {
    const found = this.lines.get(key);
    if (!elsewhere && !(found && found.pending > 0)) return undefined;
    const line = found ?? this.lineOf(key);
    if (line.waiting.length >= WAITING_MAX)
      throw new UnavailableError(
        'Too many passwords of one account are being checked; try again in a moment.',
      );
    if (elsewhere) line.looking ??= setInterval(() => this.wake(key, line, 1), LOOK_EVERY).unref();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(wake), 1);
        resolve();
      }, PENDING_MAX).unref();
      line.waiting.push(wake);
    });
  }

  private lineOf(key: string): Line {
    const line = this.lines.get(key) ?? { pending: 0, waiting: [] };
    this.lines.set(key, line);
    return line;
  }

  private wake(key: string, line: Line, count: number): void {
    const woken = line.waiting.splice(0, count);
    if (line.waiting.length === 0) {
      clearInterval(line.looking);
      delete line.looking;
      if (line.pending <= 0) this.lines.delete(key);
    }
    for (const wake of woken) wake();
  }
}
