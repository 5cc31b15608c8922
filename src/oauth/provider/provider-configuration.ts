import { randomUUID } from 'node:crypto';
import type { AdapterFactory, Configuration, Grant, JWKS, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { HttpConfig, TokensConfig } from '../../config/config.js';
import type { DerivedKeys } from '../../secrets/derived-keys.js';
import { PROOF_ALGS } from '../../tokens/proofs/proof-algs.js';
import type { PairwiseSubjects } from '../clients/pairwise-subjects.js';
import type { OAuthConsents } from '../consents/oauth-consents.js';
import type { ClientRegistration } from '../registration/client-registration.js';
import type { Accounts } from './accounts.js';
import { AUTHENTICATION_CONTEXTS } from './authentication-context.js';
import { assertionsForIssuer } from './client-assertions.js';
import { clockTolerance } from './clock-tolerance.js';
import { DEVICE_FLOW } from './device-flow.js';
import { dpopFeature } from './dpop-feature.js';
import { failureBody } from './failures.js';
import { flowOf } from './flow-memory.js';
import type { ProtocolErrors } from './grant-errors.js';
import { type InteractionPolicy, interactionPolicyOf, isFirstParty } from './interaction-policy.js';
import { mayIntrospect } from './introspection-policy.js';
import { LOGOUT_DISCOVERY, LOGOUT_FEATURES } from './logout-flow.js';
import { neededScope } from './needed-scope.js';
import { OAUTH_ROUTES } from './oauth-paths.js';
import { registrationFeature } from './registration-feature.js';
import { claimsParameter, grantRequestedClaims } from './requested-claims.js';
import { grantAtResource, resourceIndicators } from './resource-indicators.js';
import { SCOPE_CLAIMS } from './scope-claims.js';

/** What the configuration depends on. */
export interface ConfigurationParts {
  readonly policy: InteractionPolicy;
  readonly errors: ProtocolErrors;
  readonly jwks: JWKS;
  readonly adapter: AdapterFactory;
  readonly accounts: Accounts;
  readonly consents: OAuthConsents;
  readonly http: HttpConfig;
  readonly tokens: TokensConfig;
  readonly keys: DerivedKeys;
  readonly subjects: PairwiseSubjects;
  readonly registration: ClientRegistration;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** All that are known. */
  readonly scopes: ReadonlySet<string>;
  readonly provider: () => Provider;
}

/** Seconds. A code goes through one redirect (RFC 6749 section 4.1.2); an interaction through a sign-in, perhaps a mail. */
const LIFETIMES = {
  AuthorizationCode: 60,
  DeviceCode: 600,
  Interaction: 3600,
  PushedAuthorizationRequest: 60,
};

export function providerConfiguration(parts: ConfigurationParts): Configuration {
  const { http, tokens, accounts } = parts;
  const secure = http.publicUrl.startsWith('https:');
  const prefix = secure ? '__Secure-' : '';
  const cookie = { httpOnly: true, secure, sameSite: 'lax', signed: true } as const;
  return {
    adapter: parts.adapter,
    jwks: parts.jwks,
    routes: OAUTH_ROUTES,
    scopes: [...parts.scopes],
    claims: SCOPE_CLAIMS,
    acrValues: AUTHENTICATION_CONTEXTS,
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_context, accountId, client) =>
      parts.subjects.subjectIn(String(client['subjectSector']), accountId),
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'private_key_jwt'],
    clientDefaults: {
      id_token_signed_response_alg: signingAlgOf(parts.jwks),
      introspection_signed_response_alg: signingAlgOf(parts.jwks),
      response_types: ['code'],
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'],
      dPoPSigningAlgValues: [...PROOF_ALGS],
    },
    extraClientMetadata: { properties: ['allScopes', 'audiences', 'firstParty', 'origins', 'subjectSector'] },
    clientBasedCORS: (_context, origin, client) => (client['origins'] as string[]).includes(origin),
    assertJwtClientAuthClaimsAndHeader: assertionsForIssuer(tokens.issuer, parts.errors),
    extraParams: { scope: neededScope(parts.errors) },
    pkce: { required: () => true },
    cookies: {
      keys: parts.keys.derive('oauth-cookies').accepted.map((key) => key.export().toString('base64url')),
      names: {
        interaction: `${prefix}latchkey_interaction`,
        resume: `${prefix}latchkey_resume`,
        session: 'none',
      },
      short: cookie,
      // Of a session that has no cookie; the library asks for it where forms are taken.
      long: { ...cookie, sameSite: 'none' },
    },
    ttl: {
      ...LIFETIMES,
      AccessToken: tokens.accessTokenTtl / 1000,
      ClientCredentials: tokens.accessTokenTtl / 1000,
      IdToken: tokens.accessTokenTtl / 1000,
      RefreshToken: tokens.refreshTokenTtl / 1000,
      Grant: tokens.sessionMaxAge / 1000,
      Session: tokens.sessionMaxAge / 1000,
    },
    clockTolerance: clockTolerance(tokens.clockLeeway),
    // Requests as forms, too (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2).
    enableHttpPostMethods: true,
    conformIdTokenClaims: false,
    acceptQueryParamAccessTokens: false,
    // What the browser's session gives, ends with it: that is the session's own rule.
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    findAccount: (_context, id) => accounts.find(id),
    loadExistingGrant: (context) => grantFor(context, parts),
    interactions: {
      policy: interactionPolicyOf(parts),
      url: (_context, { uid }) =>
        `${new URL(http.publicUrl).pathname.replace(/\/$/, '')}/account/authorize/${uid}`,
    },
    discovery: LOGOUT_DISCOVERY,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      claimsParameter: claimsParameter(parts.errors),
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      introspection: { enabled: true, allowedPolicy: mayIntrospect },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
      jwtIntrospection: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: DEVICE_FLOW,
      dPoP: dpopFeature(parts.keys),
      resourceIndicators: resourceIndicators(parts.errors, tokens.audience),
      registration: registrationFeature(parts.registration, parts.errors, parts.scopes),
      ...LOGOUT_FEATURES,
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    },
    renderError: (context, out, error) => {
      context.type = 'application/json';
      context.body = out.error === 'server_error' ? failureBody(error) : out;
    },
  };
}

function signingAlgOf({ keys: [first] }: JWKS): 'ES256' {
  return (first?.alg ?? 'ES256') as 'ES256';
}

/** A token of another client is not revoked, and nothing is said of it (RFC 7009 section 2.1). */
function isOwnToken(
  _context: unknown,
  client: { clientId: string },
  token: { clientId?: string | undefined },
): boolean {
  return token.clientId === client.clientId;
}

/** What is granted without asking: all to a first-party client, to others what was allowed before. */
async function grantFor(
  context: KoaContextWithOIDC,
  { consents, provider }: ConfigurationParts,
): Promise<Grant | undefined> {
  const { account, client } = context.oidc;
  if (!account || !client) return undefined;
  const wanted = [...context.oidc.requestParamOIDCScopes];
  const isAsked = !isFirstParty(context);
  const consent = isAsked ? await consents.find(account.accountId, client.clientId) : undefined;
  if (isAsked && !consent) return undefined;
  const allowed = consent?.scopes ?? wanted;
  flowOf(context).consentedAt = consent?.createdAt.getTime();
  const { Grant } = provider();
  const grant = new Grant({ accountId: account.accountId, clientId: client.clientId });
  // The session that it becomes has this id.
  grant.jti = randomUUID();
  const given = wanted.filter((scope) => allowed.includes(scope));
  grant.addOIDCScope(given);
  grantAtResource(grant, context, given);
  grantRequestedClaims(grant, context, given);
  return grant;
}
