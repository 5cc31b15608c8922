import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { LineProblem } from '../line-problem.js';
import { csvRecords } from './csv-records.js';
import { jsonElements } from './json-elements.js';
import { type FoundUser, jsonLines } from './json-lines.js';
import { LINE_MAX_BYTES } from './text-lines.js';

/** A file as it may come: in chunks of so many octets. */
function inChunks(text: string | Buffer, size: number): Readable {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return Readable.from(chunks);
}

async function all(found: AsyncIterable<FoundUser>): Promise<[number, unknown][]> {
  const list: [number, unknown][] = [];
  for await (const { line, value } of found) {
    list.push([line, value instanceof LineProblem ? value.code : value]);
  }
  return list;
}

const SIZES = [1, 2, 3, 7, 65_536];

describe('JSON lines', () => {
  it.each(SIZES)('are read whole, numbered, in chunks of %i octets', async (size) => {
    const text = '\uFEFF{"a":"größe 🦊"}\r\n\n{bad "secret"\n  \n{"b":[1]}';
    expect(await all(jsonLines(inChunks(text, size)))).toEqual([
      [1, { a: 'größe 🦊' }],
      [3, 'NOT_JSON'],
      [5, { b: [1] }],
    ]);
  });

  it('are refused where they are too long, or no UTF-8, and the next one is read', async () => {
    const long = `{"a":"${'x'.repeat(LINE_MAX_BYTES)}"}\n`;
    const bytes = Buffer.concat([
      Buffer.from(long),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from('1\n'),
    ]);
    expect(await all(jsonLines(inChunks(bytes, 65_536)))).toEqual([
      [1, 'LINE_TOO_LONG'],
      [2, 'NOT_UTF8'],
      [3, 1],
    ]);
  });
});

describe('The objects of an array in JSON', () => {
  const file = `{"realm": "x", "note": "users: [{\\"no\\": 1}] \\\\", "nested": {"users": [{"no": 2}]},
  "users": [{"id": "a", "list": [{"x": "}"}, []]},
    {"id": "größe 🦊", "text": "\\"]}"}
  ], "more": [{"no": 3}]}`;

  it.each(SIZES)('are found by the name of the array, in chunks of %i octets', async (size) => {
    expect(await all(jsonElements(inChunks(file, size), 'users'))).toEqual([
      [2, { id: 'a', list: [{ x: '}' }, []] }],
      [3, { id: 'größe 🦊', text: '"]}' }],
    ]);
    expect(await all(jsonElements(inChunks('[{"a":1},\n{"b":{}}]', size), 'users'))).toEqual([
      [1, { a: 1 }],
      [2, { b: {} }],
    ]);
  });

  it.each([
    ['has no such array', '{"people": [{}]}', 'The file has no list of users.'],
    ['is cut off', '{"users": [{"a": 1}, {"b"', 'The file ends in the middle.'],
  ])('fail where the file %s', async (_, text, message) => {
    await expect(all(jsonElements(inChunks(text, 5), 'users'))).rejects.toThrow(message);
  });
});

describe('Records of CSV', () => {
  it.each(SIZES)('are read by their names, quoted or not, in chunks of %i octets', async (size) => {
    const text = '\uFEFFid,meta,"na""me"\r\n1,"{""a"": ""größe, 🦊""}",\n2,"two\nlines","""x"""\n\n3,"",y';
    expect(await all(csvRecords(inChunks(text, size)))).toEqual([
      [2, { id: '1', meta: '{"a": "größe, 🦊"}', 'na"me': '' }],
      [3, { id: '2', meta: 'two\nlines', 'na"me': '"x"' }],
      [6, { id: '3', meta: '', 'na"me': 'y' }],
    ]);
  });

  it('are refused where they have other values than names, and fail where quotes are not closed', async () => {
    expect(await all(csvRecords(inChunks('a,b\n1\n1,2\n', 3)))).toEqual([
      [2, 'NOT_A_USER'],
      [3, { a: '1', b: '2' }],
    ]);
    await expect(all(csvRecords(inChunks('a,b\n"1', 3)))).rejects.toThrow('The file ends within quotes.');
  });
});

describe('A file of another encoding than UTF-8', () => {
  const latin1 = (text: string) => inChunks(Buffer.from(text, 'latin1'), 3);

  it.each([
    ['Records', () => csvRecords(latin1('name\nJosé\n'))],
    ['The objects of an array', () => jsonElements(latin1('[{"name": "José"}]'), 'users')],
    ['An array that is cut off in a character', () => jsonElements(latin1('[{"name": "x"}] Ã'), 'users')],
  ])('has no users: %s are not read with other characters than it has', async (_, found) => {
    await expect(all(found())).rejects.toThrow(
      new LatchkeyError('VALIDATION_FAILED', 'The file is not UTF-8 text.'),
    );
  });
});
