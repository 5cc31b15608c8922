import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { TokenKey } from '../../tokens/keys/token-key.js';

/** A file of an earlier export, named after its `kid`, a thumbprint (RFC 7638). */
const OURS = /^[\w-]{43}\.pem$/;
/** What needs no quoting in HAProxy's configuration. */
const PLAIN_PATH = /^[\w./-]+$/;
/** By HAProxy up to 3.2; a rule with another stops its start. */
const VERIFIED_BY_HAPROXY: ReadonlySet<string> = new Set(['ES256', 'ES384', 'RS256']);

/** A public key as SubjectPublicKeyInfo. */
export type PublicPem = Readonly<Record<'kid' | 'alg' | 'pem', string>>;

/** @throws LatchkeyError if there is no public key */
export function publicPems(keys: readonly TokenKey[]): PublicPem[] {
  return publicKeys(keys).map((key) => ({ kid: key.kid, alg: key.alg, pem: spki(key) }));
}

/**
 * Writes `<kid>.pem` for each key, `haproxy.cfg`, which has HAProxy load them, and last `kids.map`, from `kid` to file. Each file
 * appears whole, and none is touched whose content stays, so that a change of `kids.map` is a reason to reload. Keys that
 * are no longer published are removed.
 * @returns what was done, for people
 * @throws LatchkeyError if the directory cannot be written to, one of the files is none, or there is no public key
 */
export function exportPem(keys: readonly TokenKey[], out: string): string {
  const directory = resolve(out);
  const files = filesOf(publicKeys(keys), directory);
  if (!PLAIN_PATH.test(directory))
    throw refused(`The path ${directory} may hold letters, digits and . _ - / only.`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const written = [...files].filter(([name, content]) => replace(join(directory, name), content));
    const gone = readdirSync(directory).filter((name) => OURS.test(name) && !files.has(name));
    for (const name of gone) rmSync(join(directory, name), { force: true });
    const count = `${files.size - 2} public ${files.size === 3 ? 'key is' : 'keys are'} in ${directory}`;
    return written.length + gone.length === 0
      ? `${count}, as before.`
      : `${count}. Reload what has read them.`;
  } catch (error) {
    if (error instanceof LatchkeyError) throw error;
    throw new LatchkeyError(
      'UNAVAILABLE',
      `${directory} cannot be written to (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

/** By name, in the order in which they are written. */
function filesOf(keys: readonly TokenKey[], directory: string): ReadonlyMap<string, string> {
  const path = ({ kid }: TokenKey) => join(directory, `${kid}.pem`);
  const rules = keys.map((key) =>
    VERIFIED_BY_HAPROXY.has(key.alg)
      ? `    http-request set-var(txn.latchkey_key) str(),jwt_verify(${key.alg},${path(key)})\n`
      : `    # ${key.kid}: HAProxy does not verify ${key.alg}\n`,
  );
  return new Map([
    ...keys.map((key): [string, string] => [`${key.kid}.pem`, spki(key)]),
    [
      'haproxy.cfg',
      `# Written by \`latchkey keys export\`. HAProxy loads the keys that a rule names; no request comes here.\nbackend latchkey_keys\n    mode http\n${rules.join('')}`,
    ],
    ['kids.map', keys.map((key) => `${key.kid} ${path(key)}\n`).join('')],
  ]);
}

/** @returns whether its content is another now @throws LatchkeyError if it is a pipe or a device, which a file would take the place of */
function replace(path: string, content: string): boolean {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present && !present.isFile() && !present.isDirectory())
    throw refused(`${path} is no regular file, and is not replaced.`);
  if (contentOf(path) === content) return false;
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode: 0o644, flag: 'wx' });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return true;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function publicKeys(keys: readonly TokenKey[]): TokenKey[] {
  const all = keys.filter((key) => key.publicJwk !== null);
  if (all.length > 0) return all;
  throw refused('HS256 has no public key: its secret also signs, and is not exported. Gateways need ES256.');
}

function spki({ verificationKey }: TokenKey): string {
  return verificationKey.export({ type: 'spki', format: 'pem' }).toString();
}

function refused(message: string): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', message);
}
