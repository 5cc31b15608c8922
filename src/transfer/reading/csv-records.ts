import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { decodedText } from './decoded-text.js';
import { LINE_MAX_BYTES } from './text-lines.js';
import type { FoundUser } from './json-lines.js';
import { LineProblem } from '../line-problem.js';

/**
 * The records of a CSV file (RFC 4180) as objects, by the names that are its first record. An empty value is one.
 * @throws LatchkeyError if the file is not UTF-8, or ends within quotes
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<FoundUser> {
  let names: readonly string[] | undefined;
  for await (const { line, values } of rowsOf(chunks)) {
    if (!names) names = values.map((name) => name.replace(/^\uFEFF/, ''));
    else if (values.length > 1 || values[0] !== '') yield { line, value: recordOf(names, values) };
  }
}

function recordOf(names: readonly string[], values: readonly string[]): unknown {
  if (values.length !== names.length) {
    return new LineProblem('NOT_A_USER', `The record has ${values.length} values, not ${names.length}.`);
  }
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

interface Row {
  readonly line: number;
  readonly values: string[];
}

async function* rowsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const scanner = new RowScanner();
  for await (const text of decodedText(chunks)) {
    for (const character of text) {
      const row = scanner.read(character);
      if (row) yield row;
    }
  }
  const last = scanner.end();
  if (last) yield last;
}

function unreadable(message: string): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', message);
}

class RowScanner {
  private line = 1;
  private row: Row = { line: 1, values: [] };
  private value = '';
  private quoted = false;
  /** The character before ended quotes, or was the first of two, which stand for one. */
  private closing = false;

  /** @returns a row that ends here */
  read(character: string): Row | undefined {
    if (character === '\n') this.line += 1;
    if (character === '"') {
      this.quote();
      return undefined;
    }
    this.closing = false;
    if (!this.quoted && character === '\n') return this.take();
    if (!this.quoted && character === ',') this.endValue();
    else if (this.quoted || character !== '\r') this.add(character);
    return undefined;
  }

  /** @returns the last row, if no line end stands behind it @throws LatchkeyError within quotes */
  end(): Row | undefined {
    if (this.quoted) throw unreadable('The file ends within quotes.');
    return this.value === '' && this.row.values.length === 0 ? undefined : this.take();
  }

  private quote(): void {
    if (this.closing) this.add('"');
    this.closing = this.quoted;
    this.quoted = !this.quoted;
  }

  private add(character: string): void {
    this.value += character;
    if (this.value.length > LINE_MAX_BYTES) throw unreadable(`A value of line ${this.row.line} is too long.`);
  }

  private endValue(): void {
    this.row.values.push(this.value);
    this.value = '';
  }

  private take(): Row {
    this.endValue();
    const { row } = this;
    this.row = { line: this.line, values: [] };
    return row;
  }
}
