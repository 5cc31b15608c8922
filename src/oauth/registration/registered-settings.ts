import { validateSync } from 'class-validator';
import type { FieldError } from '../../common/errors/latchkey-error.js';
import { fieldErrorsOf } from '../../common/validation/field-errors.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { CreateClientDto, given } from '../clients/client.dto.js';
import { checkedSettings } from '../clients/client-problems.js';
import { settingsOf } from '../clients/new-client.js';
import type { ClientSettings } from '../clients/oauth-client.js';
import { METADATA_FIELDS, type MetadataField, REFUSED_METADATA } from './client-metadata-fields.js';
import type { InitialAccessTokenSettings } from './initial-access-token.js';

type Metadata = Readonly<Record<string, unknown>>;

/** What a token allows. */
type Allowed = Pick<InitialAccessTokenSettings, 'grants' | 'scopes'>;

/**
 * What a client that registers itself is, by the rules of those that administrators make, and within what its token allows. It is
 * never first-party, and what no member of RFC 7591 says has its default.
 * @throws InvalidFieldsError with the fields by their names in the metadata
 */
export function registeredSettings(metadata: Metadata, allowed: Allowed): ClientSettings {
  const refused = refusedIn(metadata);
  if (refused.length > 0) throw new InvalidFieldsError(refused);
  const client = Object.assign(new CreateClientDto(), fieldsOf(metadata, allowed));
  const problems = fieldErrorsOf(validateSync(client, { stopAtFirstError: true }));
  if (problems.length > 0) throw new InvalidFieldsError(problems.map(renamed));
  const settings = inMetadataNames(() => checkedSettings(settingsOf(given(client))));
  const beyond = [...problemsBeyond(settings, allowed), ...responseTypeProblems(metadata, settings)];
  if (beyond.length > 0) throw new InvalidFieldsError(beyond);
  return settings;
}

function refusedIn(metadata: Metadata): FieldError[] {
  const named = Object.entries(REFUSED_METADATA).filter(([name]) => Object.hasOwn(metadata, name));
  const refused = named.map(([field, why]) => ({ field, message: `${field} ${why}` }));
  return ['undefined', 'string'].includes(typeof metadata['scope'])
    ? refused
    : [...refused, { field: 'scope', message: 'scope must be a text, with spaces between its scopes' }];
}

function fieldsOf(metadata: Metadata, { grants, scopes }: Allowed): Record<string, unknown> {
  const entries = Object.entries(METADATA_FIELDS).flatMap(([name, field]) =>
    Object.hasOwn(metadata, name) ? [[field, metadata[name]] as const] : [],
  );
  const fields: Record<string, unknown> = Object.fromEntries(entries);
  const { scope, token_endpoint_auth_method: method } = metadata;
  const usual = grants.filter((grant) => grant === 'authorization_code');
  return {
    // RFC 7591 section 2 has this default; a token that does not allow it says what is meant instead.
    grants: usual.length > 0 ? usual : [...grants],
    ...fields,
    scopes: typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : [...scopes],
    type: method === 'none' ? 'public' : 'confidential',
  };
}

function problemsBeyond(settings: ClientSettings, allowed: Allowed): FieldError[] {
  const goesBeyond = (asked: readonly string[], may: readonly string[]) =>
    asked.some((each) => !may.includes(each));
  return [
    ...(goesBeyond(settings.grants, allowed.grants)
      ? [{ field: 'grant_types', message: `grant_types may hold ${allowed.grants.join(', ')}` }]
      : []),
    ...(goesBeyond(settings.scopes, allowed.scopes)
      ? [{ field: 'scope', message: `scope may hold ${allowed.scopes.join(' ') || 'nothing'}` }]
      : []),
  ];
}

/** `code` is the only one there is, and stands for the grant. */
function responseTypeProblems({ response_types: types }: Metadata, { grants }: ClientSettings): FieldError[] {
  const wanted = grants.includes('authorization_code') ? ['code'] : [];
  const isRight =
    types === undefined || (Array.isArray(types) && [...new Set(types)].join(' ') === wanted.join(' '));
  const message = `response_types must be ${JSON.stringify(wanted)} for these grant_types`;
  return isRight ? [] : [{ field: 'response_types', message }];
}

function inMetadataNames<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidFieldsError)) throw error;
    throw new InvalidFieldsError((error.fields ?? []).map(renamed));
  }
}

function renamed({ field, message }: FieldError): FieldError {
  const names = Object.entries(METADATA_FIELDS) as [MetadataField, string][];
  const [name = field] = names.find(([, own]) => own === field) ?? [];
  // A message names its own field, and at times another.
  const translated = names.reduce(
    (text, [each, own]) => text.replaceAll(new RegExp(String.raw`\b${own}\b`, 'g'), each),
    message,
  );
  return { field: name, message: translated.startsWith(name) ? translated : `${name}: ${translated}` };
}
