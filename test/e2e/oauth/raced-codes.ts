import { expect } from '@jest/globals';
import { and, eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { auditEvents } from '../../../src/audit/audit-events.table.js';
import { DatabaseConnection } from '../../../src/database/database.js';
import { oauthArtifacts } from '../../../src/oauth/artifacts/oauth-artifacts.table.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { ApiClient } from '../../support/api-client.js';
import { eventually } from '../support/eventually.js';
import type { TestAuthorizationServer } from './authorization-server.js';
import type { SignedInBrowser } from './signed-in-browser.js';

const CONTENDERS = 4;
const INVALID_GRANT = expect.objectContaining({ error: 'invalid_grant' });

/** Has a client use one code several times at once: one gets a session, and the others end it, on each instance. */
export async function raceForCode(
  as: TestAuthorizationServer,
  config: oidc.Configuration,
  { cookie, userId }: SignedInBrowser,
): Promise<void> {
  const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
  const use = () => oidc.authorizationCodeGrant(config, location, checks);
  const results = await Promise.allSettled(Array.from({ length: CONTENDERS }, use));
  const [won, ...others] = results.filter((result) => result.status === 'fulfilled');
  expect([won?.status, others]).toEqual(['fulfilled', []]);
  const refused = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  expect(refused).toEqual(Array(CONTENDERS - 1).fill(INVALID_GRANT));
  if (!won) return;
  await isDead(as, config, won.value);
  await expect(use()).rejects.toEqual(INVALID_GRANT);
  await isUsedOnce(as, userId, decodeJwt(won.value.access_token)['sid'] as string);
}

/** Each twice, so that each instance is asked. */
async function isDead(
  as: TestAuthorizationServer,
  config: oidc.Configuration,
  { access_token: token, refresh_token: refreshToken = '' }: oidc.TokenEndpointResponse,
): Promise<void> {
  const api = new ApiClient(as.url);
  await eventually(async () => {
    for (const instance of [0, 1])
      await as.at(instance, async () => {
        expect((await api.get('/api/profile', { token })).body.code).toBe('TOKEN_REVOKED');
        expect(await oidc.tokenIntrospection(config, token)).toEqual({ active: false });
        expect(await oidc.tokenIntrospection(config, refreshToken)).toEqual({ active: false });
      });
  });
  await expect(oidc.refreshTokenGrant(config, refreshToken)).rejects.toEqual(INVALID_GRANT);
}

async function isUsedOnce(as: TestAuthorizationServer, subject: string, sessionId: string): Promise<void> {
  const { db } = as.server.app.get(DatabaseConnection, { strict: false });
  const sessions = as.server.app.get(SessionsService, { strict: false });
  const opened = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(eq(auditEvents.type, 'grant.opened'), eq(auditEvents.sessionId, sessionId)));
  expect(opened).toHaveLength(1);
  const codes = await db
    .select({ consumedAt: oauthArtifacts.consumedAt })
    .from(oauthArtifacts)
    .where(eq(oauthArtifacts.grantId, sessionId));
  // A later one, which finds it used, deletes it.
  expect(codes.filter(({ consumedAt }) => consumedAt === null)).toEqual([]);
  expect(await sessions.find(sessionId)).toMatchObject({ endReason: 'grant_revoked' });
  // Of the browser.
  const open = await sessions.listOpen(subject, { limit: 10 });
  expect(open.map(({ clientId }) => clientId)).toEqual([null]);
}
