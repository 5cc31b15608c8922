import { LineProblem } from '../line-problem.js';
import type { FoundUser } from '../reading/json-lines.js';

/** A user as another system exports them. */
export type ForeignUser = Readonly<Record<string, unknown>>;

/** @param convert makes a line of ours of one of theirs, which is checked afterwards. @throws LineProblem */
export async function* converted(
  users: AsyncIterable<FoundUser>,
  convert: (user: ForeignUser) => Readonly<Record<string, unknown>>,
): AsyncGenerator<FoundUser> {
  for await (const { line, value } of users) yield { line, value: convertedOrProblem(value, convert) };
}

function convertedOrProblem(value: unknown, convert: (user: ForeignUser) => unknown): unknown {
  if (value instanceof LineProblem) return value;
  try {
    if (!isObject(value)) throw new LineProblem('NOT_A_USER', 'This is no JSON object.');
    return convert(value);
  } catch (error) {
    if (error instanceof LineProblem) return error;
    throw error;
  }
}

export function isObject(value: unknown): value is ForeignUser {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, unless it is empty or none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Without members that are undefined, as they are left out. */
export function lineOf(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A time of milliseconds since the epoch, as number or text. */
export function instantOfMilliseconds(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const date = new Date(Number(value));
  if (Number.isNaN(date.getTime())) throw new LineProblem('MEMBER_INVALID', 'The time of creation is none.');
  return date.toISOString();
}
