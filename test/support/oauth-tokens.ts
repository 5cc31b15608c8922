import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokenIssuer } from '../../src/tokens/access/access-token-issuer.js';
import type { ActorClaim } from '../../src/tokens/access/actor-claim.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';

/** What an OAuth client was granted. */
interface Granted {
  readonly clientId: string;
  /** The user's id; the client's own: there is no user. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** What its token says of the user's roles. */
  readonly roles: readonly string[];
  /** Who acts for the subject; undefined: no one else. */
  readonly act?: ActorClaim;
}

/**
 * An access token that an OAuth client is given, in a session of its own; it says no roles.
 * @param subject the user's id; the client's own: there is no user
 */
export async function oauthToken(
  app: INestApplicationContext,
  clientId: string,
  subject: string,
  ...scopes: string[]
): Promise<string> {
  return tokenOfGrant(app, { clientId, subject, scopes, roles: [] });
}

/** The same, which says roles. */
export async function tokenOfGrant(
  app: INestApplicationContext,
  { clientId, subject, scopes, roles, act }: Granted,
): Promise<string> {
  const sessions = app.get(SessionsService, { strict: false });
  const client = { ip: null, userAgent: null };
  const { session } = await sessions.open(subject, client, undefined, { clientId, scopes });
  const issuer = app.get(AccessTokenIssuer, { strict: false });
  return (await issuer.issue(session, { roles, scopes, act })).accessToken;
}
