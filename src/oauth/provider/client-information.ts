import type { ClientMetadata } from 'oidc-provider';
import type { ClientWithSecret } from '../clients/oauth-clients.js';
import { clientMetadata } from './client-metadata.js';

/** What no member of the RFC is, and is between this server and the protocol library alone. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'firstParty',
  'subjectSector',
  'origins',
  'audiences',
  'allScopes',
]);

/** The answer to a registration (RFC 7591 section 3.2.1): what is kept, and the secret, this once. @param known to the library */
export function clientInformation(
  { client, secret }: ClientWithSecret,
  { id_token_signed_response_alg }: ClientMetadata,
): Readonly<Record<string, unknown>> {
  const { client_secret: _placeholder, ...metadata } = clientMetadata(client, new Set(client.scopes));
  return {
    ...Object.fromEntries(Object.entries(metadata).filter(([name]) => !OWN_NAMES.has(name))),
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
    subject_type: client.subjectType,
    id_token_signed_response_alg,
    ...(client.backchannelLogoutUri !== null && { backchannel_logout_uri: client.backchannelLogoutUri }),
    ...(client.frontchannelLogoutUri !== null && { frontchannel_logout_uri: client.frontchannelLogoutUri }),
  };
}
