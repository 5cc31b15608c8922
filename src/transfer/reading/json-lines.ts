import { LineProblem } from '../line-problem.js';
import { textLines } from './text-lines.js';

/** One user of a file, as it stands there, or why it cannot be read. */
export interface FoundUser {
  /** Where it begins. */
  readonly line: number;
  readonly value: unknown;
}

/** A JSON value a line; empty lines are none. A line that is not JSON has a `LineProblem` for a value. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<FoundUser> {
  for await (const { number, text } of textLines(chunks)) {
    if (text instanceof LineProblem) yield { line: number, value: text };
    else if (text.trim() !== '') yield { line: number, value: parsed(text) };
  }
}

/** @returns a `LineProblem` if it is not JSON: what JSON.parse says holds parts of it */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new LineProblem('NOT_JSON', 'This is not JSON.');
  }
}
