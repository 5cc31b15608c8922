import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Far above any secret or key. */
const BYTES_MAX = 1024 * 1024;
/** How long a pipe may say nothing: one that is being written to, and one that nothing writes to. Milliseconds. */
const PATIENCE = { writer: 30_000, none: 5_000 };
/** For a server that is running: the thread waits for nothing. */
export const NO_PATIENCE = { writer: 0, none: 0 };
const LOOK_EVERY = 20;

/** Its `code` says why: there is no end of it, or nothing came. */
class EndlessFileError extends Error {
  constructor(readonly code: string) {
    super(`The file cannot be read: ${code}`);
  }
}

/**
 * The text of a small file, or of a pipe, in bounded space and time: a device has no end, and a pipe may have no writer.
 * @throws Error with a `code`: of the system, or in words
 */
export function readSmallFile(path: string, patience = PATIENCE): string {
  // Else the system waits for a writer before anything can be done about it.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readOpen(file, patience);
  } finally {
    closeSync(file);
  }
}

function readOpen(file: number, patience: typeof PATIENCE): string {
  const began = performance.now();
  const bytes = Buffer.alloc(BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const read = readSome(file, bytes, length);
    if (read === 0 && !mayHaveNoWriterYet(file, length)) return bytes.toString('utf8', 0, length);
    length += read ?? 0;
    if (length > BYTES_MAX) throw new EndlessFileError('more than 1 MB');
    if (read !== undefined && read > 0) continue;
    if (performance.now() - began > (read === 0 ? patience.none : patience.writer))
      throw new EndlessFileError('nothing is written to it');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY);
  }
}

/** @returns undefined if a writer has written nothing yet */
function readSome(file: number, bytes: Buffer, offset: number): number | undefined {
  try {
    return readSync(file, bytes, offset, bytes.length - offset, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function mayHaveNoWriterYet(file: number, length: number): boolean {
  return length === 0 && fstatSync(file).isFIFO();
}
