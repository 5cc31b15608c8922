import { LineProblem } from '../line-problem.js';
import { type FoundUser, jsonLines } from '../reading/json-lines.js';
import { converted, type ForeignUser, isObject, lineOf, textOf } from './converted.js';

/** Password hashes by the users' ids. */
export type Auth0Hashes = ReadonlyMap<string, string>;

const NO_HASHES: Auth0Hashes = new Map();

/** Auth0's export of users in JSON: one a line. */
export function auth0Users(
  chunks: AsyncIterable<Buffer>,
  hashes: Auth0Hashes = NO_HASHES,
): AsyncGenerator<FoundUser> {
  return converted(jsonLines(chunks), (user) => lineOfAuth0(user, hashes));
}

/**
 * The hashes that Auth0's support exports, one a line. All are held in memory.
 * @throws Error if a line is none of them
 */
export async function readAuth0Hashes(chunks: AsyncIterable<Buffer>): Promise<Auth0Hashes> {
  const hashes = new Map<string, string>();
  for await (const { line, value } of jsonLines(chunks)) {
    const id = isObject(value) && isObject(value['_id']) ? value['_id']['$oid'] : undefined;
    const hash = isObject(value) ? value['passwordHash'] : undefined;
    if (typeof id !== 'string' || typeof hash !== 'string') {
      throw new Error(`Line ${line} of the hashes has no _id.$oid and passwordHash.`);
    }
    hashes.set(`auth0|${id}`, hash);
  }
  return hashes;
}

function lineOfAuth0(user: ForeignUser, hashes: Auth0Hashes): Readonly<Record<string, unknown>> {
  const id = textOf(user['user_id']) ?? textOf(user['id']) ?? textOf(user['Id']);
  if (id === undefined) throw new LineProblem('ID_INVALID', 'user_id must be a text.');
  const name = textOf(user['name']);
  return lineOf({
    id,
    email: user['email'],
    // Where there is no name, Auth0 has the address for one.
    name: name === user['email'] ? undefined : name,
    emailVerified: user['email_verified'] ?? undefined,
    disabled: user['blocked'] ?? undefined,
    createdAt: user['created_at'] ?? undefined,
    passwordHash: hashes.get(id) ?? textOf(user['passwordHash']),
  });
}
