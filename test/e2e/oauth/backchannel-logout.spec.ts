import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { LogoutNotices } from '../../../src/oauth/logout/logout-notices.js';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { LogoutTokens } from '../../../src/oauth/logout/logout-tokens.js';
import { LogoutSender } from '../../../src/oauth/logout/logout-sender.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { PASSWORD } from '../../support/api-client.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { RelyingParty } from './relying-party.js';
import { signInBrowser } from './signed-in-browser.js';

const TOKENS = 'http://schemas.openid.net/event/backchannel-logout';

let as: TestAuthorizationServer;
let party: RelyingParty;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({
    environment: { LOGIN_RATE_LIMIT: '1000/1m', REFRESH_RATE_LIMIT: '1000/1m' },
  });
});

afterAll(() => as.close());

beforeEach(async () => {
  party = await RelyingParty.start(as.origin);
});

afterEach(() => party.close());

/** A user who is signed in for a client that is told of logouts. */
async function signedIn(scope = 'openid account') {
  const config = await as.client({ backchannelLogoutUri: party.uri });
  party.clientId = config.clientMetadata().client_id;
  const browser = await signInBrowser(as.url, as.origin);
  const { location, checks } = await as.authorize(config, browser.cookie, { scope });
  const tokens = await oidc.authorizationCodeGrant(config, location, checks);
  const sid = tokens.claims()?.['sid'] as string;
  const own = (await as.server.api.login(browser.email)).body.accessToken;
  return { config, tokens, sid, own, ...browser };
}

/** Looks for what is due now, as is done every few seconds. */
let look: () => Promise<void>;

/** From now on it is done only by `look`: time goes on in leaps here, and nothing is to be under way then. */
function holdSender(): void {
  const sender = as.server.app.get(LogoutSender, { strict: false });
  const run = sender.run.bind(sender);
  sender.run = () => Promise.resolve();
  look = () => run();
}

describe('A client with a back-channel logout URI', () => {
  it('is told by a logout token of its own when the user signs out in the browser', async () => {
    const { cookie, sid, userId, config } = await signedIn();
    const csrf = /latchkey_csrf=([^;]+)/.exec(cookie)?.[1] ?? '';
    const headers = { cookie, 'X-CSRF-Token': csrf, Origin: as.origin, 'X-Auth-Mode': 'cookie' };
    const answer = await fetch(`${as.url}/api/auth/logout`, { method: 'POST', headers });
    expect(answer.status).toBe(204);
    await party.untilAsked(1);
    const [told] = party.told;
    expect(told?.header).toMatchObject({ typ: 'logout+jwt', alg: 'ES256', kid: expect.any(String) });
    expect(told?.claims).toEqual({
      iss: as.origin,
      aud: config.clientMetadata().client_id,
      iat: expect.any(Number),
      exp: Number(told?.claims.iat) + 120,
      jti: expect.any(String),
      sub: userId,
      sid,
      events: { [TOKENS]: {} },
    });
    expect([party.asked, party.refused]).toEqual([1, []]);
    holdSender();
  });

  it.each([
    [
      'ends the session from another one',
      ({ own, sid }) => as.server.api.request('DELETE', `/api/auth/sessions/${sid}`, { token: own }),
    ],
    [
      'signs out everywhere',
      ({ own }) => as.server.api.post('/api/auth/logout-all', undefined, { token: own }),
    ],
    [
      'changes the password',
      ({ own }) =>
        as.server.api.post(
          '/api/auth/password/change',
          { currentPassword: PASSWORD, newPassword: 'another long password of theirs' },
          { token: own },
        ),
    ],
    [
      'deletes the account',
      ({ own }) =>
        as.server.api.request('DELETE', '/api/profile', { token: own, json: { password: PASSWORD } }),
    ],
    ['takes the consent back', ({ own, config }) => withdrawn(own, config)],
    [
      'revokes the refresh token',
      ({ config, tokens }) => oidc.tokenRevocation(config, tokens.refresh_token ?? ''),
    ],
    [
      'uses a refresh token again that was replaced',
      async ({ config, tokens }) => {
        const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
        await oidc.refreshTokenGrant(config, next.refresh_token ?? '');
        as.server.clock.advance(60_000);
        await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '').catch(() => undefined);
      },
    ],
    [
      'is signed out with everyone',
      () => as.server.app.get(SessionsService, { strict: false }).endAllForEveryone(),
    ],
  ] satisfies [string, (of: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>][])(
    'is told when the user, or who acts for them, %s',
    async (_how, end) => {
      const of = await signedIn();
      await end(of);
      await look();
      expect(party.told.map(({ claims }) => claims['sid'])).toEqual([of.sid]);
    },
  );

  it('that is deleted is told of nothing any more', async () => {
    const { config } = await signedIn();
    const clients = as.server.app.get(OAuthClients, { strict: false });
    await clients.delete(config.clientMetadata().client_id, OPERATOR);
    await look();
    expect(party.asked).toBe(0);
  });

  it('is not told of a session that goes on', async () => {
    const { config, tokens } = await signedIn();
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await look();
    as.server.clock.advance(7 * 3_600_000);
    await look();
    await oidc.refreshTokenGrant(config, renewed.refresh_token ?? '');
    expect(party.asked).toBe(0);
  });

  it('that does not answer well is told again, with another token, until it does', async () => {
    party.statuses = [500, 302, 200];
    const { own } = await signedIn();
    await as.server.api.post('/api/auth/logout-all', undefined, { token: own });
    await look();
    // It is not tried again before its time.
    await look();
    expect(party.asked).toBe(1);
    for (const asked of [2, 3]) {
      as.server.clock.advance(60_000);
      await look();
      expect(party.asked).toBe(asked);
    }
    as.server.clock.advance(3_600_000);
    await look();
    expect([party.asked, party.told.length, party.refused]).toEqual([3, 1, []]);
  });

  it('that never does is given up, and asked no more', async () => {
    party.statuses = [503];
    const { own } = await signedIn();
    await as.server.api.post('/api/auth/logout-all', undefined, { token: own });
    await look();
    for (let asked = 1; asked < 10; asked++) {
      as.server.clock.advance(20 * 60_000);
      await look();
    }
    expect(party.asked).toBe(10);
    as.server.clock.advance(86_400_000);
    await look();
    expect(party.asked).toBe(10);
  });

  it('is found to be told even where nothing said that the session had ended', async () => {
    const { sid, userId } = await signedIn();
    const { app } = as.server;
    const notices = app.get(LogoutNotices, { strict: false });
    const lookAt = notices.lookAt.bind(notices);
    notices.lookAt = () => Promise.resolve();
    await app
      .get(SessionsService, { strict: false })
      .end({ subject: userId, only: sid, reason: 'ended_by_admin' });
    await look();
    expect(party.asked).toBe(0);
    notices.lookAt = lookAt;
    as.server.clock.advance(7 * 3_600_000);
    await look();
    expect(party.told).toHaveLength(1);
  });
});

describe('A logout token', () => {
  async function forged(): Promise<string> {
    const { privateKey } = await generateKeyPair('ES256');
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: 'ada', sid: 'any', events: { [TOKENS]: {} } };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt' })
      .setIssuer(as.origin)
      .setAudience(party.clientId)
      .setIssuedAt(now)
      .setJti('forged')
      .setExpirationTime(now + 60);
    return token.sign(privateKey);
  }

  it('that another wrote, or that is an ID token or an access token, ends nothing at a client that checks it', async () => {
    const { tokens } = await signedIn();
    const unsigned = `${Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url')}.e30.`;
    const attempts = [await forged(), unsigned, tokens.id_token ?? '', tokens.access_token];
    for (const logout_token of attempts) {
      const answer = await fetch(party.uri, { method: 'POST', body: new URLSearchParams({ logout_token }) });
      expect(answer.status).toBe(400);
    }
    expect([party.told, party.refused.length]).toEqual([[], attempts.length]);
  });

  it('is no access token', async () => {
    const { config, userId, sid } = await signedIn();
    const ended = { clientId: config.clientMetadata().client_id, subject: userId, sessionId: sid };
    const sent = await as.server.app.get(LogoutTokens, { strict: false }).sign(ended);
    expect((await as.server.api.get('/api/profile', { token: sent })).body.code).toBe('TOKEN_INVALID');
    expect(await oidc.tokenIntrospection(config, sent)).toEqual({ active: false });
  });
});

async function withdrawn(token: string, config: oidc.Configuration): Promise<unknown> {
  return as.server.api.request('DELETE', `/api/auth/consents/${config.clientMetadata().client_id}`, {
    token,
  });
}
