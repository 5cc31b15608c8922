import type { AdapterPayload } from 'oidc-provider';
import type { ClientSettings, OAuthClient } from '../clients/oauth-client.js';
import { sectorOf } from '../clients/pairwise-subjects.js';

/** The library asks for one; whether a secret is right, `OAuthClients` says. */
const SECRET_OF_HASHES = 'kept as a hash, and compared with it';
/** Redirect URIs of applications on a device (RFC 8252 section 7). */
const NATIVE = /^(?!https?:)|^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)([:/]|$)/;

/**
 * A client in the words of RFC 7591, as the protocol library reads it.
 * @param known scopes that the library knows: it takes no client with another, such as one that no role gives
 */
export function clientMetadata(
  client: ClientSettings & Pick<OAuthClient, 'id' | 'builtIn'>,
  known: ReadonlySet<string>,
): AdapterPayload {
  const grants = [...client.grants];
  const scope = client.scopes.filter((name) => known.has(name)).join(' ');
  // Of a client of the server itself the port counts on loopback addresses, too.
  const isNative =
    !client.builtIn && client.redirectUris.length > 0 && client.redirectUris.every((uri) => NATIVE.test(uri));
  return {
    client_id: client.id,
    client_name: client.name,
    application_type: isNative ? 'native' : 'web',
    grant_types: grants,
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    // An empty one is refused.
    ...(scope !== '' && { scope }),
    allScopes: [...client.scopes],
    token_endpoint_auth_method: client.authMethod,
    ...(client.authMethod === 'client_secret_basic' && { client_secret: SECRET_OF_HASHES }),
    ...(client.jwks && { jwks: { keys: client.jwks.keys.map((key) => ({ ...key })) } }),
    require_pushed_authorization_requests: client.requirePar,
    dpop_bound_access_tokens: client.dpopBound,
    firstParty: client.firstParty,
    subjectSector: sectorOf(client),
    origins: [...client.origins],
    audiences: [...client.audiences],
  };
}
