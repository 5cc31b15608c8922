/** At most so often. Milliseconds. */
const INTERVAL = 200;
const WIDTH = 24;

/** One line on a terminal that says how far something is; nothing where no one looks. */
export class ProgressLine {
  private readonly began = performance.now();
  private shownAt = -Infinity;
  private shown = false;

  /** @param size of all that there is to do; undefined: not known */
  constructor(
    private readonly size: number | undefined,
    private readonly terminal: NodeJS.WriteStream = process.stderr,
  ) {}

  /** @param done of the size @param count what is counted, e.g. users */
  show(done: number, count: number): void {
    const now = performance.now();
    if (!this.terminal.isTTY || now - this.shownAt < INTERVAL) return;
    this.shownAt = now;
    this.shown = true;
    const rate = Math.round(count / ((now - this.began) / 1000));
    this.terminal.write(`\r\u001B[K${this.bar(done)}${count} users, ${rate}/s`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.shown) this.terminal.write('\r\u001B[K');
  }

  private bar(done: number): string {
    if (!this.size) return '';
    const share = Math.min(1, done / this.size);
    const filled = Math.round(share * WIDTH);
    return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)}%  `;
  }
}
