import { isUtf8 } from 'node:buffer';

/** Octets of a line: far above what a user has. */
export const LINE_MAX_BYTES = 1_048_576;

/** A line of a file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** undefined: longer than a line may be, or no UTF-8. */
  readonly text: string | undefined;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = /^\uFEFF/;

/** The lines of a file, one after the other, without more of it in memory than one. @param chunks as they are read */
export async function* textLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const add = (part: Buffer) => {
    length += part.length;
    if (length <= LINE_MAX_BYTES) parts.push(part);
  };
  const line = (): TextLine => {
    number += 1;
    const text = length > LINE_MAX_BYTES ? undefined : decoded(Buffer.concat(parts));
    parts = [];
    length = 0;
    return { number, text: number === 1 ? text?.replace(BYTE_ORDER_MARK, '') : text };
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield line();
}

function decoded(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/\r$/, '') : undefined;
}
