import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** The text of a file, part by part. @throws LatchkeyError if it is not UTF-8 */
export async function* decodedText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  // Not StringDecoder, which puts other characters in the place of what it cannot read.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of chunks) yield decode(() => decoder.decode(chunk, { stream: true }));
  yield decode(() => decoder.decode());
}

function decode(read: () => string): string {
  try {
    return read();
  } catch {
    throw new LatchkeyError('VALIDATION_FAILED', 'The file is not UTF-8 text.');
  }
}
