import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { LineProblem } from '../line-problem.js';
import { type FoundUser, jsonLines } from '../reading/json-lines.js';
import { converted, type ForeignUser, isObject, lineOf, textOf } from './converted.js';

/** Of the users of a database connection: what stands before their ids. */
const DATABASE_PREFIX = 'auth0|';

/** Password hashes by the users' ids; undefined where none of them can be said to be the user's. */
export type Auth0Hashes = ReadonlyMap<string, string | undefined>;

const NO_HASHES: Auth0Hashes = new Map();

/** Auth0's export of users in JSON, one a line; or its export of password hashes by itself, which has addresses, too. */
export function auth0Users(
  chunks: AsyncIterable<Buffer>,
  hashes: Auth0Hashes = NO_HASHES,
): AsyncGenerator<FoundUser> {
  return converted(jsonLines(chunks), (user) => lineOfAuth0(user, hashes));
}

/**
 * The hashes that Auth0's support exports, one a line. All are held in memory.
 * @throws LatchkeyError if a line is none of them
 */
export async function readAuth0Hashes(chunks: AsyncIterable<Buffer>): Promise<Auth0Hashes> {
  const hashes = new Map<string, string | undefined>();
  for await (const { line, value } of jsonLines(chunks)) {
    const id = isObject(value) ? idInHashes(value) : undefined;
    if (!isObject(value) || id === undefined)
      throw new LatchkeyError('VALIDATION_FAILED', `Line ${line} of the hashes has no _id.$oid.`);
    const hash = textOf(value['passwordHash']);
    // Two connections may have given the same id.
    const ambiguous = hashes.has(id) && hashes.get(id) !== hash;
    hashes.set(id, ambiguous ? undefined : hash);
  }
  return hashes;
}

/** Of a connection that gives ids of its own it is `alt_id`. */
function idInHashes(record: ForeignUser): string | undefined {
  const own = isObject(record['_id']) ? textOf(record['_id']['$oid']) : undefined;
  const id = own === undefined ? undefined : (textOf(record['alt_id']) ?? own);
  return id === undefined ? undefined : DATABASE_PREFIX + id;
}

function lineOfAuth0(user: ForeignUser, hashes: Auth0Hashes): Readonly<Record<string, unknown>> {
  const id = textOf(user['user_id']) ?? textOf(user['id']) ?? textOf(user['Id']) ?? idInHashes(user);
  if (id === undefined) throw new LineProblem('ID_INVALID', 'user_id must be a text.');
  const name = textOf(user['name']);
  const address = addressAmong(user['identifiers']);
  const email = user['email'] ?? address['value'];
  return lineOf({
    id,
    email,
    // Where there is no name, Auth0 has the address for one.
    name: name === email ? undefined : name,
    emailVerified: user['email_verified'] ?? address['verified'],
    disabled: user['blocked'] ?? undefined,
    createdAt: user['created_at'] ?? undefined,
    passwordHash: hashOf(id, user, hashes),
  });
}

/** Hashes of newer tenants have the address there alone. */
function addressAmong(identifiers: unknown): ForeignUser {
  if (!Array.isArray(identifiers)) return {};
  return identifiers.filter(isObject).find(({ type }) => type === 'email') ?? {};
}

function hashOf(id: string, user: ForeignUser, hashes: Auth0Hashes): string | undefined {
  const hash = hashes.get(id) ?? textOf(user['passwordHash']);
  if (hash === undefined && hashes.has(id))
    throw new LineProblem('HASH_UNSUPPORTED', 'The file of hashes has none for this id, or more than one.');
  return hash;
}
