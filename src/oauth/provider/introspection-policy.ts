import type { Client } from 'oidc-provider';
import { OWN_CLIENT } from '../../common/principal.js';

/** What of a token decides who may know it. */
interface KnownToken {
  readonly kind?: unknown;
  readonly clientId?: string | undefined;
  /** Of an access token. */
  readonly aud?: unknown;
}

/**
 * Whether a client may know what a token says (RFC 7662 section 4): of a confidential client its own, and access tokens that are for a
 * resource of its `audiences`; if it is first-party, every access token, and the refresh tokens of Latchkey's own routes.
 */
export function mayIntrospect(_context: unknown, client: Client, token: KnownToken): boolean {
  if (client.clientAuthMethod === 'none') return false;
  if (token.clientId === client.clientId) return true;
  if (token.kind === 'RefreshToken') return token.clientId === OWN_CLIENT && mayIntrospectLogins(client);
  return isFirstParty(client) || audiencesOf(client).some((audience) => audience === token.aud);
}

/** Whether it may know refresh tokens that Latchkey's own routes gave. */
export function mayIntrospectLogins(client: Client): boolean {
  return client.clientAuthMethod !== 'none' && isFirstParty(client);
}

function isFirstParty(client: Client): boolean {
  return client['firstParty'] === true;
}

function audiencesOf(client: Client): readonly string[] {
  return (client['audiences'] as readonly string[] | undefined) ?? [];
}
