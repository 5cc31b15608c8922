import type { FieldError } from '../../common/errors/latchkey-error.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { clientKeysProblem, publicKeysOf } from './client-keys.js';
import { audienceProblem, logoutUriProblem, originProblem, redirectUriProblem } from './client-uris.js';
import type { ClientGrant, ClientSettings } from './oauth-client.js';

type Field = keyof ClientSettings;

/** For clients that can show who they are. */
const CONFIDENTIAL_GRANTS: ReadonlySet<ClientGrant> = new Set([
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
]);
/** What a refresh token can come from. */
const OF_USERS: ReadonlySet<ClientGrant> = new Set([
  'authorization_code',
  'urn:ietf:params:oauth:grant-type:device_code',
]);

/** What settings ask of one another, and what the texts of each must be. @throws InvalidFieldsError */
export function checkedSettings<S extends ClientSettings>(settings: S): S {
  const problems = clientProblems(settings);
  if (problems.length > 0) throw new InvalidFieldsError(problems);
  return settings.jwks === null ? settings : { ...settings, jwks: publicKeysOf(settings.jwks) };
}

/** @returns one for each field that is wrong */
function clientProblems(settings: ClientSettings): FieldError[] {
  const problems = [...RULES.map((rule) => rule(settings)), ...uriProblems(settings)];
  const found = problems.filter((problem) => problem !== undefined);
  return found.map(([field, what]) => ({ field, message: `${field} ${what}` }));
}

type Rule = (settings: ClientSettings) => readonly [Field, string] | undefined;

const RULES: readonly Rule[] = [
  ({ type, authMethod }) =>
    (type === 'public') === (authMethod === 'none')
      ? undefined
      : ['authMethod', 'must be none for public clients, and something else for confidential ones'],
  ({ type, grants }) =>
    type === 'public' && grants.some((grant) => CONFIDENTIAL_GRANTS.has(grant))
      ? ['grants', 'must have neither client_credentials nor token exchange for public clients']
      : undefined,
  ({ grants }) =>
    grants.includes('refresh_token') && !grants.some((grant) => OF_USERS.has(grant))
      ? ['grants', 'must have authorization_code or the device grant beside refresh_token']
      : undefined,
  ({ grants, redirectUris }) =>
    grants.includes('authorization_code') && redirectUris.length === 0
      ? ['redirectUris', 'must hold at least one for the grant authorization_code']
      : undefined,
  ({ authMethod, jwks }) =>
    (authMethod === 'private_key_jwt') === (jwks !== null)
      ? undefined
      : ['jwks', 'must be given for private_key_jwt, and for nothing else'],
  ({ jwks }) => problemOf('jwks', jwks === null ? undefined : clientKeysProblem(jwks)),
  ({ subjectType, sector, redirectUris }) =>
    subjectType === 'pairwise' && sector === null && hostsOf(redirectUris).size !== 1
      ? ['sector', 'must be given for pairwise subjects unless all redirect URIs are of one host']
      : undefined,
];

function uriProblems(settings: ClientSettings): (readonly [Field, string] | undefined)[] {
  const { type, redirectUris, postLogoutRedirectUris, origins, audiences } = settings;
  const { backchannelLogoutUri, frontchannelLogoutUri } = settings;
  const firstOf = (uris: readonly (string | null)[], rule: (uri: string) => string | undefined) =>
    uris.map((uri) => (uri === null ? undefined : rule(uri))).find((problem) => problem !== undefined);
  const redirect = (uri: string) => redirectUriProblem(uri, type);
  return [
    problemOf('redirectUris', firstOf(redirectUris, redirect)),
    problemOf('postLogoutRedirectUris', firstOf(postLogoutRedirectUris, redirect)),
    problemOf('origins', firstOf(origins, originProblem)),
    problemOf('audiences', firstOf(audiences, audienceProblem)),
    problemOf('backchannelLogoutUri', firstOf([backchannelLogoutUri], logoutUriProblem)),
    problemOf('frontchannelLogoutUri', firstOf([frontchannelLogoutUri], logoutUriProblem)),
  ];
}

function problemOf(field: Field, what: string | undefined): readonly [Field, string] | undefined {
  return what === undefined ? undefined : [field, what];
}

function hostsOf(uris: readonly string[]): Set<string> {
  return new Set(uris.flatMap((uri) => (URL.canParse(uri) ? [new URL(uri).host] : [])));
}
