import { type DestinationStream, type Level, pino } from 'pino';

/** Milliseconds. */
const HELD_BACK = 10;
const HELD_BACK_BYTES = 8_192;
/** Of lines that cannot be written, since a disk is full, no more than so many bytes are kept. */
const KEPT_BYTES = 1_048_576;

const AT_ONCE = new Set<Level>(['warn', 'error', 'fatal']);

/**
 * Standard output, to which the lines of ten milliseconds are written at once: a write of its own for each line costs as
 * much as a statement to the database, since it wakes the reader of a pipe. Warnings and errors are written at once, with
 * what came before them; so is what is left when the process ends. A process that is killed loses its last moment.
 * A log that cannot be written stops no server.
 */
export class LogOutput implements DestinationStream {
  private readonly output;
  private timer: NodeJS.Timeout | undefined;

  /** @param dest a file descriptor, or the path of a file */
  constructor(dest: number | string = process.stdout.fd) {
    this.output = pino.destination({ dest, sync: true, minLength: HELD_BACK_BYTES, maxLength: KEPT_BYTES });
    this.output.on('error', () => undefined);
    process.once('exit', () => this.flush());
  }

  write(line: string): void {
    this.output.write(line);
    this.timer ??= setTimeout(() => this.flush(), HELD_BACK).unref();
  }

  /** To be called after a line of this level has been written. */
  wrote(level: Level): void {
    if (AT_ONCE.has(level)) this.flush();
  }

  private flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.output.flush();
  }
}
