/** A file whose beginning was looked at. */
export interface BegunFile {
  /** The first that is no white space; '' if there is none. */
  readonly first: string;
  /** All of it. */
  readonly chunks: AsyncIterable<Buffer>;
}

export async function begun(chunks: AsyncIterable<Buffer>): Promise<BegunFile> {
  const iterator = chunks[Symbol.asyncIterator]();
  const next = await iterator.next();
  const begin = next.done === true ? Buffer.alloc(0) : next.value;
  const first = begin
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .charAt(0);
  return { first, chunks: rest(begin, { [Symbol.asyncIterator]: () => iterator }) };
}

async function* rest(begin: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield begin;
  yield* others;
}
