import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { LineProblem } from '../line-problem.js';
import type { FoundUser } from '../reading/json-lines.js';
import { jsonElements } from '../reading/json-elements.js';
import { converted, type ForeignUser, instantOfMilliseconds, lineOf, textOf } from './converted.js';

/** The password hash parameters of a project, of its console. The signer key is a secret. */
export interface FirebaseHashConfig {
  /** Base64. */
  readonly signerKey: string;
  /** Base64. */
  readonly saltSeparator: string;
  readonly rounds: number;
  readonly memCost: number;
}

const PARAMETERS = ['base64_signer_key', 'base64_salt_separator', 'rounds', 'mem_cost'] as const;

/** The one that the console names for a project. */
const SCRYPT = 'SCRYPT';

/** In place of a hash, for who may not see it: `REDACTED` in base64. */
const REDACTED = 'UkVEQUNURUQ=';

/** Reads them as the console shows them (`hash_config { … }`), or from JSON. @throws LatchkeyError if one is missing, or of another algorithm */
export function readFirebaseHashConfig(text: string): FirebaseHashConfig {
  const [, algorithm = SCRYPT] = /\balgorithm"?\s*[:=]\s*"?(\w+)/.exec(text) ?? [];
  if (algorithm !== SCRYPT)
    throw new LatchkeyError(
      'VALIDATION_FAILED',
      `Hashes of ${algorithm} are not known, only those of ${SCRYPT}.`,
    );
  const [signerKey = '', saltSeparator = '', rounds, memCost] = PARAMETERS.map((name) => {
    const [, value] = new RegExp(`\\b${name}"?\\s*[:=]\\s*"?([A-Za-z0-9+/]+={0,2})`).exec(text) ?? [];
    if (value === undefined)
      throw new LatchkeyError('VALIDATION_FAILED', `The hash parameters have no ${name}.`);
    return value;
  });
  return { signerKey, saltSeparator, rounds: Number(rounds), memCost: Number(memCost) };
}

/** What `firebase auth:export users.json` writes. @param hashes needed for users with a password */
export function firebaseUsers(
  chunks: AsyncIterable<Buffer>,
  hashes?: FirebaseHashConfig,
): AsyncGenerator<FoundUser> {
  return converted(jsonElements(chunks, 'users'), (user) => {
    const id = textOf(user['localId']);
    if (id === undefined) throw new LineProblem('ID_INVALID', 'localId must be a text.');
    return lineOf({
      id,
      email: user['email'],
      name: textOf(user['displayName']),
      emailVerified: user['emailVerified'],
      disabled: user['disabled'],
      createdAt: instantOfMilliseconds(user['createdAt']),
      passwordHash: hashOf(user, hashes),
    });
  });
}

function hashOf(user: ForeignUser, hashes: FirebaseHashConfig | undefined): string | undefined {
  const hash = textOf(user['passwordHash']);
  if (hash === undefined) return undefined;
  if (hash === REDACTED)
    throw new LineProblem('HASH_UNSUPPORTED', 'The hash is redacted: export as an owner of the project.');
  const salt = textOf(user['salt']);
  if (salt === undefined) throw new LineProblem('HASH_UNSUPPORTED', 'The hash has no salt.');
  if (!hashes) throw new LineProblem('HASH_UNSUPPORTED', 'The hash parameters are needed: --firebase-hash.');
  const { signerKey, saltSeparator, rounds, memCost } = hashes;
  const parameters = `v=1,n=${memCost},r=${rounds},p=1,ss=${saltSeparator},sk=${signerKey}`;
  return `$fbscrypt$${parameters}$${standard(salt)}$${standard(hash)}`;
}

/** The command exports base64, the Admin SDK base64url. */
function standard(base64url: string): string {
  return base64url.replaceAll('-', '+').replaceAll('_', '/');
}
