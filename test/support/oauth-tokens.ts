import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokenIssuer } from '../../src/tokens/access/access-token-issuer.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';

/**
 * An access token that an OAuth client is given, in a session of its own.
 * @param subject the user's id; the client's own: there is no user
 */
export async function oauthToken(
  app: INestApplicationContext,
  clientId: string,
  subject: string,
  ...scopes: string[]
): Promise<string> {
  const client = { ip: null, userAgent: null };
  const { session } = await app.get(SessionsService).open(subject, client, undefined, { clientId, scopes });
  return (await app.get(AccessTokenIssuer).issue(session, { roles: [], scopes })).accessToken;
}
