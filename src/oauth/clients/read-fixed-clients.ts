import { IsOptional, Matches, validateSync } from 'class-validator';
import { type FieldError, LatchkeyError } from '../../common/errors/latchkey-error.js';
import { readSmallFile } from '../../common/read-small-file.js';
import { IsDistinctList } from '../../common/validation/distinct-list.js';
import { fieldErrorsOf } from '../../common/validation/field-errors.js';
import { IsStorableText } from '../../common/validation/text.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { isStrongSecret } from '../../config/strong-secret.js';
import { DOCS_CLIENT } from './built-in-clients.js';
import { CreateClientDto, given } from './client.dto.js';
import { checkedSettings } from './client-problems.js';
import { clientSecretHash } from './client-secret.js';
import { settingsOf } from './new-client.js';
import { type ClientSettings, isClientId, OWN_ROUTES } from './oauth-client.js';

const HASHES_MAX = 5;
const HASH = /^[0-9a-f]{64}$/;
const HASH_MESSAGE = 'each of secretHashes must be a SHA-256 in 64 hexadecimal digits';
const PATH_MAX_LENGTH = 1000;

/** A client as a file says it. */
export interface FixedClient {
  readonly id: string;
  readonly settings: ClientSettings;
  readonly secretHashes: readonly string[];
}

/** What an entry holds beside its id. */
class FixedClientDto extends CreateClientDto {
  @IsOptional()
  @IsDistinctList('secretHashes', HASHES_MAX, Matches(HASH, { each: true, message: HASH_MESSAGE }))
  secretHashes?: string[];

  @IsOptional()
  @IsStorableText(PATH_MAX_LENGTH)
  secretFile?: string;
}

/** @throws ConfigurationError with a line for each thing that is wrong; never a secret */
export function readFixedClients(entries: readonly object[]): FixedClient[] {
  const problems: string[] = [];
  const clients = entries.flatMap((entry, place) => {
    const { id, ...others } = entry as { readonly id?: unknown };
    if (typeof id !== 'string' || !isClientId(id)) {
      problems.push(
        id === OWN_ROUTES
          ? `entry ${place + 1}: the id ${OWN_ROUTES} stands for tokens that Latchkey itself issues; take another`
          : `entry ${place + 1}: id must be 1 to 64 small letters, digits, and . _ - within`,
      );
      return [];
    }
    if (id === DOCS_CLIENT) {
      problems.push(`client ${id}: this id is that of Swagger UI, which is part of the server; take another`);
      return [];
    }
    try {
      return [readEntry(id, others)];
    } catch (error) {
      problems.push(...linesOf(error, others).map((line) => `client ${id}: ${line}`));
      return [];
    }
  });
  const twice = clients.filter(({ id }, place) => clients.findIndex((other) => other.id === id) < place);
  problems.push(...twice.map(({ id }) => `client ${id}: there are two of this id`));
  if (problems.length > 0)
    throw new ConfigurationError(problems.map((problem) => `OAUTH_CLIENTS: ${problem}`));
  return clients;
}

/** @throws LatchkeyError with its fields, or that of the system for a file */
function readEntry(id: string, entry: object): FixedClient {
  const inherited = Object.keys(entry).filter((name) => name in Object.prototype);
  if (inherited.length > 0) throw invalid(inherited.map((name) => `${name} is not known`));
  const body = Object.assign(new FixedClientDto(), entry);
  const found = validateSync(body, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
  if (found.length > 0) throw invalid(fieldErrorsOf(found).map(told));
  const { secretHashes = [], secretFile, ...fields } = given(body);
  const settings = checkedSettings(settingsOf(fields));
  const hashes = new Set([...secretHashes, ...(secretFile === undefined ? [] : [hashOf(secretFile)])]);
  if ((settings.authMethod === 'client_secret_basic') !== hashes.size > 0)
    throw invalid(['secretHashes or secretFile must be given for client_secret_basic, and for nothing else']);
  return { id, settings, secretHashes: [...hashes] };
}

/** Most messages begin with the name of the field. */
function told({ field, message }: FieldError): string {
  return message.includes(field) ? message : `${field}: ${message}`;
}

function hashOf(path: string): string {
  const secret = readSmallFile(path).replace(/\r?\n$/, '');
  if (!isStrongSecret(secret)) throw invalid(['secretFile must hold at least 32 random bytes']);
  return clientSecretHash(secret);
}

function invalid(lines: readonly string[]): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', lines.join('; '), {
    fields: lines.map((message) => ({ field: '', message })),
  });
}

function linesOf(error: unknown, { secretFile }: { readonly secretFile?: unknown }): string[] {
  if (error instanceof LatchkeyError) return (error.fields ?? []).map(({ message }) => message);
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  // What looks like a secret may be one, in the wrong place.
  const path = typeof secretFile === 'string' && !isStrongSecret(secretFile) ? ` ${secretFile}` : '';
  return [`secretFile${path} cannot be read (${code})`];
}
