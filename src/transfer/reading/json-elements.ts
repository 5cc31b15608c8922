import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { LineProblem } from '../line-problem.js';
import { decodedText } from './decoded-text.js';
import { type FoundUser, parsed } from './json-lines.js';
import { LINE_MAX_BYTES } from './text-lines.js';

/**
 * The objects in one array of a JSON file: the whole of it, or a member of the object that it is. Holds no more of it in memory
 * than one of them.
 * @throws LatchkeyError if the file is not UTF-8, has no such array, or ends within it
 */
export async function* jsonElements(
  chunks: AsyncIterable<Buffer>,
  member: string,
): AsyncGenerator<FoundUser> {
  const scanner = new ElementScanner(member);
  for await (const text of decodedText(chunks)) yield* scanner.scan(text);
  scanner.end();
}

class ElementScanner {
  private depth = 0;
  private line = 1;
  private inString = false;
  private escaped = false;
  /** The last text at the first depth, and whether it was a name. */
  private text = '';
  private name = '';
  /** How deep the elements are; undefined outside their array. */
  private elementDepth: number | undefined;
  private found = false;
  /** Of the element that is being read. */
  private element: { readonly line: number; text: string; tooLong: boolean } | undefined;

  constructor(private readonly member: string) {}

  *scan(text: string): Generator<FoundUser> {
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (this.inString) {
        this.readText(character);
        continue;
      }
      if (character === '{' && this.depth === this.elementDepth) {
        this.element = { line: this.line, text: '', tooLong: false };
        start = at;
      }
      this.read(character);
      if (character === '}' && this.element && this.depth === this.elementDepth) {
        this.keep(text.slice(start, at + 1));
        yield this.take();
      }
    }
    if (this.element) this.keep(text.slice(start));
  }

  /** @throws LatchkeyError if the array is not there, or not whole */
  end(): void {
    if (!this.found) throw new LatchkeyError('VALIDATION_FAILED', `The file has no list of ${this.member}.`);
    if (this.depth > 0 || this.inString)
      throw new LatchkeyError('VALIDATION_FAILED', 'The file ends in the middle.');
  }

  private readText(character: string): void {
    if (this.escaped) this.escaped = false;
    else if (character === '\\') this.escaped = true;
    else if (character === '"') this.inString = false;
    if (this.inString && this.depth === 1) this.text += character;
  }

  private read(character: string): void {
    if (character === '\n') this.line += 1;
    else if (character === '"') {
      this.inString = true;
      this.text = '';
    } else if (character === ':' && this.depth === 1) this.name = this.text;
    else if (character === '{' || character === '[') this.open(character);
    else if (character === '}' || character === ']') this.close();
  }

  private open(character: string): void {
    const isArray = character === '[' && !this.found;
    if (isArray && (this.depth === 0 || (this.depth === 1 && this.name === this.member))) {
      this.elementDepth = this.depth + 1;
      this.found = true;
    }
    this.depth += 1;
  }

  private close(): void {
    this.depth -= 1;
    if (this.elementDepth !== undefined && this.depth < this.elementDepth) this.elementDepth = undefined;
  }

  private keep(text: string): void {
    if (!this.element) return;
    if (this.element.text.length + text.length > LINE_MAX_BYTES) this.element.tooLong = true;
    else this.element.text += text;
  }

  private take(): FoundUser {
    const { line, text, tooLong } = this.element ?? { line: this.line, text: '', tooLong: false };
    this.element = undefined;
    const problem = () =>
      new LineProblem('LINE_TOO_LONG', `A user has at most ${LINE_MAX_BYTES} characters.`);
    return { line, value: tooLong ? problem() : parsed(text) };
  }
}
