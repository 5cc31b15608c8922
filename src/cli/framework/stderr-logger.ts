import type { LoggerService } from '@nestjs/common';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { onOneLine } from './printable.js';

/** What goes wrong beside a command, on standard error: its answer is alone on standard output. */
export class StderrLogger implements LoggerService {
  log(): void {
    // Of no interest to who waits for an answer.
  }

  warn(message: unknown): void {
    this.write(message);
  }

  error(message: unknown): void {
    this.write(message);
  }

  fatal(message: unknown): void {
    this.write(message);
  }

  private write(message: unknown): void {
    const entry = message as { readonly message?: unknown } | null | undefined;
    const text = typeof message === 'string' ? message : entry?.message;
    process.stderr.write(`${onOneLine(withoutParameters(String(text)))}\n`);
  }
}
