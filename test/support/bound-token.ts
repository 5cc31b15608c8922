import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { AccessTokenIssuer } from '../../src/tokens/access/access-token-issuer.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';
import type { DpopKey } from './dpop-key.js';

/** A user's access token that an OAuth client has, bound to its key. */
export async function boundToken(
  app: INestApplicationContext,
  { jkt }: DpopKey,
  subject: string = randomUUID(),
): Promise<string> {
  const client = { ip: null, userAgent: null };
  const grant = { clientId: 'shop', scopes: [], jkt };
  const { session } = await app.get(SessionsService).open(subject, client, undefined, grant);
  return (await app.get(AccessTokenIssuer).issue(session, { roles: [], scopes: [], jkt })).accessToken;
}
