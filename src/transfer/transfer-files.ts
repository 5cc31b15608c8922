import { constants, createReadStream, statSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { LatchkeyError } from '../common/errors/latchkey-error.js';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'is there already, and is not written over'],
  ['EISDIR', 'cannot be used (EISDIR): it is a directory'],
]);

/** A file that is read from its beginning to its end. */
export class InputFile {
  /** Octets that were read so far. */
  done = 0;
  /** In octets; undefined of standard input. */
  readonly size: number | undefined;

  /** @param path `-`: standard input @throws LatchkeyError if there is no such file, or it is a directory */
  constructor(private readonly path: string) {
    this.size = path === '-' ? undefined : sizeOf(path);
  }

  /** @param signal ends it @throws LatchkeyError if it cannot be read @throws AbortError */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Buffer> {
    const stream = this.path === '-' ? process.stdin : createReadStream(this.path);
    if (signal) addAbortSignal(signal, stream);
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        this.done += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw signal?.aborted === true ? error : unusable(this.path, error);
    }
  }
}

/** Text of a small file. @throws LatchkeyError */
export async function textOfFile(path: string): Promise<string> {
  sizeOf(path);
  return readFile(path, 'utf8');
}

/** A new file that its owner alone can read, since it holds personal data; or a pipe or device, which is written into. */
export class PrivateFile {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws LatchkeyError if there is a file already, or it cannot be made */
  static async create(path: string): Promise<PrivateFile> {
    try {
      return new PrivateFile(path, await openedForWriting(path));
    } catch (error) {
      throw unusable(path, error);
    }
  }

  /** Resolves when it is written. @throws LatchkeyError if it cannot be, or no one reads the pipe any longer */
  async write(text: string): Promise<void> {
    try {
      await this.handle.appendFile(text);
    } catch (error) {
      throw unusable(this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Nothing that is there is replaced, cut off or, unless it is a pipe or a device that keeps nothing, written to. */
async function openedForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Waits for who reads a pipe.
    const handle = await open(path, constants.O_WRONLY | constants.O_NOCTTY);
    const kind = await handle.stat();
    if (kind.isFIFO() || kind.isCharacterDevice()) return handle;
    await handle.close();
    throw error;
  }
}

function sizeOf(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw Object.assign(new Error('It is a directory.'), { code: 'EISDIR' });
    return stats.size;
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): LatchkeyError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = REASONS.get(code ?? '') ?? `cannot be used (${code})`;
  return new LatchkeyError('VALIDATION_FAILED', `${path} ${reason}.`);
}
