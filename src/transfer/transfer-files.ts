import { createReadStream, createWriteStream, statSync, type WriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { LatchkeyError } from '../common/errors/latchkey-error.js';

/** A file that is read from its beginning to its end. */
export class InputFile {
  /** Octets that were read so far. */
  done = 0;
  /** In octets; undefined of standard input. */
  readonly size: number | undefined;

  /** @param path `-`: standard input @throws LatchkeyError if there is no such file */
  constructor(private readonly path: string) {
    this.size = path === '-' ? undefined : sizeOf(path);
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const stream = this.path === '-' ? process.stdin : createReadStream(this.path);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.done += chunk.length;
      yield chunk;
    }
  }
}

/** Text of a small file. @throws LatchkeyError */
export async function textOfFile(path: string): Promise<string> {
  sizeOf(path);
  return readFile(path, 'utf8');
}

/** A new file that its owner alone can read, since it holds personal data. */
export class PrivateFile {
  private constructor(private readonly stream: WriteStream) {}

  /** @throws LatchkeyError if there is one already, or it cannot be made */
  static async create(path: string): Promise<PrivateFile> {
    try {
      await (await open(path, 'wx', 0o600)).close();
    } catch (error) {
      throw unusable(path, error);
    }
    return new PrivateFile(createWriteStream(path, { flags: 'a', mode: 0o600 }));
  }

  /** Resolves when more can be written. */
  async write(text: string): Promise<void> {
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    this.stream.end();
    await once(this.stream, 'close');
  }
}

function sizeOf(path: string): number {
  try {
    const { size } = statSync(path);
    return size;
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): LatchkeyError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'EEXIST' ? 'is there already, and is not written over' : `cannot be used (${code})`;
  return new LatchkeyError('VALIDATION_FAILED', `${path} ${reason}.`);
}
