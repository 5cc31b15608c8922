import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { LineProblem } from '../line-problem.js';
import { csvRecords } from '../reading/csv-records.js';
import { begun } from '../reading/first-character.js';
import { jsonElements } from '../reading/json-elements.js';
import { type FoundUser, jsonLines } from '../reading/json-lines.js';
import { converted, type ForeignUser, isObject, lineOf, textOf } from './converted.js';

const DUMP =
  'This is a dump in SQL. Restore it into a database, and export auth.users from there as CSV or JSON lines.';

/** Rows of `auth.users`: as CSV with a header, as JSON lines, or as one JSON array. @param now milliseconds */
export async function* supabaseUsers(chunks: AsyncIterable<Buffer>, now: number): AsyncGenerator<FoundUser> {
  const file = await begun(chunks);
  if (file.first === '-' || file.first === 'C' || file.first === 'I')
    throw new LatchkeyError('VALIDATION_FAILED', DUMP);
  yield* converted(rowsOf(file.first, file.chunks), (row) => lineOfSupabase(row, now));
}

function rowsOf(first: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<FoundUser> {
  if (first === '[') return jsonElements(chunks, 'rows');
  return first === '{' ? jsonLines(chunks) : csvRecords(chunks);
}

function lineOfSupabase(row: ForeignUser, now: number): Readonly<Record<string, unknown>> {
  if (textOf(row['deleted_at']) !== undefined) {
    throw new LineProblem('NOT_A_USER', 'The user was deleted (deleted_at).');
  }
  if (isTrue(row['is_anonymous'])) {
    throw new LineProblem('NOT_A_USER', 'The user is anonymous (is_anonymous), and nothing logs them in.');
  }
  const metadata = objectOf(row['raw_user_meta_data']);
  const bannedUntil = instantOf(row['banned_until']);
  return lineOf({
    id: textOf(row['id']),
    email: row['email'] ?? '',
    name: textOf(metadata['full_name']) ?? textOf(metadata['name']),
    // `confirmed_at` is of the telephone as well.
    emailVerified: textOf(row['email_confirmed_at']) !== undefined,
    disabled: bannedUntil !== undefined && Date.parse(bannedUntil) > now,
    createdAt: instantOf(row['created_at']),
    passwordHash: textOf(row['encrypted_password']),
  });
}

/** In CSV `t` by psql, `true` by the dashboard. */
function isTrue(value: unknown): boolean {
  return value === true || value === 't' || value === 'true';
}

/** As PostgreSQL writes a time in text: `2024-05-01 12:34:56.789+00`. */
function instantOf(value: unknown): string | undefined {
  return textOf(value)
    ?.replace(' ', 'T')
    .replace(/([+-]\d\d)$/, '$1:00');
}

/** JSON of a column, which is a text in CSV. */
function objectOf(value: unknown): ForeignUser {
  const text = textOf(value);
  try {
    const json: unknown = text === undefined ? value : JSON.parse(text);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}
