import { LineProblem } from '../line-problem.js';
import type { FoundUser } from '../reading/json-lines.js';
import { jsonElements } from '../reading/json-elements.js';
import { converted, type ForeignUser, instantOfMilliseconds, isObject, lineOf, textOf } from './converted.js';

/** A file of `kc.sh export`, with a realm and its users or with users alone. */
export function keycloakUsers(chunks: AsyncIterable<Buffer>): AsyncGenerator<FoundUser> {
  return converted(jsonElements(chunks, 'users'), (user) => {
    if (textOf(user['serviceAccountClientId']) !== undefined)
      throw new LineProblem('NOT_A_USER', 'This is the service account of a client.');
    const names = [user['firstName'], user['lastName']].map(textOf).filter((name) => name !== undefined);
    return lineOf({
      id: textOf(user['id']),
      email: user['email'],
      name: names.length > 0 ? names.join(' ') : undefined,
      emailVerified: user['emailVerified'],
      disabled: user['enabled'] === false,
      createdAt: instantOfMilliseconds(user['createdTimestamp']),
      passwordHash: hashOf(user),
    });
  });
}

/** By Keycloak's names of them. */
const ARGON2_VERSIONS: ReadonlyMap<string, number> = new Map([
  ['1.0', 16],
  ['1.3', 19],
]);

function hashOf({ credentials }: ForeignUser): string | undefined {
  if (!Array.isArray(credentials)) return undefined;
  const password = credentials.filter(isObject).find(({ type }) => type === 'password');
  if (!password) return undefined;
  const secret = parsedPart(password['secretData']);
  const data = parsedPart(password['credentialData']);
  const value = textOf(secret['value']);
  const salt = textOf(secret['salt']);
  const algorithm = textOf(data['algorithm']);
  if (value === undefined || salt === undefined || algorithm === undefined) throw unsupported();
  if (algorithm === 'argon2') return argon2Of(data, salt, value);
  const [, digest = 'sha1'] = /^pbkdf2(?:-(sha256|sha512))?$/.exec(algorithm) ?? [undefined, ''];
  if (digest === '') throw unsupported();
  return `$pbkdf2-${digest}$i=${String(data['hashIterations'])}$${salt}$${value}`;
}

function argon2Of(data: ForeignUser, salt: string, value: string): string {
  const parameters = isObject(data['additionalParameters']) ? data['additionalParameters'] : {};
  const parameter = (name: string): unknown => {
    const given = parameters[name];
    return Array.isArray(given) ? (given as unknown[])[0] : given;
  };
  const version = ARGON2_VERSIONS.get(String(parameter('version')));
  if (version === undefined) throw unsupported();
  const costs = `m=${String(parameter('memory'))},t=${String(data['hashIterations'])},p=${String(parameter('parallelism'))}`;
  return `$argon2${String(parameter('type'))}$v=${version}$${costs}$${unpadded(salt)}$${unpadded(value)}`;
}

/** JSON in JSON. @throws LineProblem */
function parsedPart(text: unknown): ForeignUser {
  try {
    const part: unknown = typeof text === 'string' ? JSON.parse(text) : text;
    if (isObject(part)) return part;
  } catch {
    // Said below.
  }
  throw unsupported();
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '');
}

function unsupported(): LineProblem {
  return new LineProblem(
    'HASH_UNSUPPORTED',
    'The password is none of Keycloak 9 and later, or of another kind.',
  );
}
