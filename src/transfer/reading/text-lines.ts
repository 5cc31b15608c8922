import { isUtf8 } from 'node:buffer';
import { LineProblem } from '../line-problem.js';

/** Octets of a line: far above what a user has. */
export const LINE_MAX_BYTES = 1_048_576;

/** A line of a file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string | LineProblem;
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
    const text = length > LINE_MAX_BYTES ? tooLong() : decoded(Buffer.concat(parts));
    parts = [];
    length = 0;
    const isFirst = number === 1 && typeof text === 'string';
    return { number, text: isFirst ? text.replace(BYTE_ORDER_MARK, '') : text };
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

function decoded(bytes: Buffer): string | LineProblem {
  if (!isUtf8(bytes)) return new LineProblem('NOT_UTF8', 'This is not UTF-8 text.');
  return bytes.toString('utf8').replace(/\r$/, '');
}

function tooLong(): LineProblem {
  return new LineProblem('LINE_TOO_LONG', `A line has at most ${LINE_MAX_BYTES} octets.`);
}
