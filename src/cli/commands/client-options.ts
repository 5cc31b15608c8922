import { readSmallFile } from '../../common/read-small-file.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import {
  CLIENT_AUTH_METHODS,
  CLIENT_GRANTS,
  CLIENT_TYPES,
  SUBJECT_TYPES,
} from '../../oauth/clients/oauth-client.js';
import { checkedBody } from './checked-body.js';
import type { CommandOption } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { namesIn } from './names-in.js';

type Reading = (text: string) => unknown;

const ON_OR_OFF = ['on', 'off'];
const URN = 'urn:ietf:params:oauth:grant-type:';
const SHORT_GRANTS = CLIENT_GRANTS.map((grant) => grant.replace(URN, ''));

const text: Reading = (given) => given;
const nothing: Reading = (given) => (given === 'none' ? null : given);
const list: Reading = (given) => (given === 'none' ? [] : namesIn(given));
const isOn: Reading = (given) => given === 'on';
const grants: Reading = (given) =>
  namesIn(given).map((name) => CLIENT_GRANTS.find((grant) => grant === URN + name) ?? name);
const seconds: Reading = (given) => (given === 'none' ? null : Number(given));

/** With the field that it sets, and how it is read. */
type FieldOption = CommandOption & { readonly field: string; readonly read: Reading };

const lifetime = (name: string, field: string, summary: string): FieldOption => ({
  name,
  field,
  read: seconds,
  value: 'seconds',
  summary,
});

const FIELDS: readonly FieldOption[] = [
  {
    name: 'type',
    field: 'type',
    read: text,
    value: 'type',
    choices: CLIENT_TYPES,
    summary: 'public: it can keep no secret',
  },
  {
    name: 'first-party',
    field: 'firstParty',
    read: isOn,
    value: 'on-or-off',
    choices: ON_OR_OFF,
    summary: 'it is your own: users are not asked for consent',
  },
  {
    name: 'grants',
    field: 'grants',
    read: grants,
    value: 'grants',
    summary: `with commas between: ${SHORT_GRANTS.join(', ')}`,
  },
  {
    name: 'redirect-uris',
    field: 'redirectUris',
    read: list,
    value: 'uris',
    summary: 'where users come back to, with commas between',
  },
  {
    name: 'post-logout-redirect-uris',
    field: 'postLogoutRedirectUris',
    read: list,
    value: 'uris',
    summary: 'the same after logout',
  },
  {
    name: 'scopes',
    field: 'scopes',
    read: list,
    value: 'scopes',
    summary: 'all that it may ask for, with commas between',
  },
  {
    name: 'origins',
    field: 'origins',
    read: list,
    value: 'origins',
    summary: 'of its pages that ask by script',
  },
  {
    name: 'audiences',
    field: 'audiences',
    read: list,
    value: 'uris',
    summary: 'resources that it may ask tokens for',
  },
  {
    name: 'auth-method',
    field: 'authMethod',
    read: text,
    value: 'method',
    choices: CLIENT_AUTH_METHODS,
    summary: 'how it shows who it is',
  },
  {
    name: 'jwks',
    field: 'jwks',
    read: jwksIn,
    value: 'file',
    summary: 'its public keys, for private_key_jwt',
  },
  {
    name: 'require-par',
    field: 'requirePar',
    read: isOn,
    value: 'on-or-off',
    choices: ON_OR_OFF,
    summary: 'it must push its requests',
  },
  {
    name: 'dpop-bound',
    field: 'dpopBound',
    read: isOn,
    value: 'on-or-off',
    choices: ON_OR_OFF,
    summary: 'its access tokens are bound to a key',
  },
  {
    name: 'subject-type',
    field: 'subjectType',
    read: text,
    value: 'type',
    choices: SUBJECT_TYPES,
    summary: 'pairwise: it sees ids of users that are its own',
  },
  {
    name: 'sector',
    field: 'sector',
    read: nothing,
    value: 'host',
    summary: 'that pairwise ids are made for, or none',
  },
  {
    name: 'backchannel-logout-uri',
    field: 'backchannelLogoutUri',
    read: nothing,
    value: 'uri',
    summary: 'where it is told of a logout, or none',
  },
  {
    name: 'frontchannel-logout-uri',
    field: 'frontchannelLogoutUri',
    read: nothing,
    value: 'uri',
    summary: 'the same in the browser, or none',
  },
  lifetime('access-token-ttl', 'accessTokenTtl', 'how long its access tokens are good, or none'),
  lifetime(
    'refresh-token-ttl',
    'refreshTokenTtl',
    'how long what a user granted to it lasts unused, or none',
  ),
  lifetime('grant-max-age', 'grantMaxAge', 'how long that lasts at all, or none'),
  {
    name: 'disabled',
    field: 'disabled',
    read: isOn,
    value: 'on-or-off',
    choices: ON_OR_OFF,
    summary: 'it gets no tokens',
  },
];

/** What may be said of a client. @param required names of those that must be */
export function clientOptions(...required: string[]): CommandOption[] {
  return FIELDS.map(({ field: _field, read: _read, ...option }) =>
    required.includes(option.name) ? { ...option, required: true } : option,
  );
}

/** What was said of a client, by the rules of the routes. @throws LatchkeyError */
export function clientFields<T extends object>(dto: T, input: CommandInput, beside: object = {}): T {
  Object.assign(dto, beside);
  for (const { name, field, read } of FIELDS) {
    const value = input.option(name);
    if (value !== undefined) Object.assign(dto, { [field]: read(value) });
  }
  return checkedBody(dto);
}

function jwksIn(path: string): unknown {
  try {
    return JSON.parse(readSmallFile(path));
  } catch {
    throw new LatchkeyError('VALIDATION_FAILED', 'The file of --jwks cannot be read, or is no JSON.');
  }
}
