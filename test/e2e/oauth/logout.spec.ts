import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { LogoutTokens } from '../../../src/oauth/logout/logout-tokens.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { SigningKeys } from '../../../src/tokens/keys/signing-keys.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

const BACK = 'https://shop.example.com/signed-out';
const CLIENT = { postLogoutRedirectUris: [BACK], name: 'Shop' };
/** As browsers send where another site leads them. */
const ELSEWHERE = { 'Sec-Fetch-Site': 'cross-site' };

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
});

afterAll(() => as.close());

/** A person who is signed in for a client, in a browser without scripts. */
async function signedIn(settings: Parameters<TestAuthorizationServer['client']>[0] = {}) {
  const config = await as.client({ ...CLIENT, ...settings });
  const visitor = new PageVisitor(as.url, {}, as.origin);
  const email = uniqueEmail();
  await as.server.api.register({ email });
  await visitor.open('/account/sign-in');
  await visitor.submit('/account/sign-in', { email, password: PASSWORD });
  const signInFor = async (client: oidc.Configuration) => {
    const cookie = visitor.jar.headerFor('/oauth/authorize');
    const { location, checks } = await as.authorize(client, cookie, { scope: 'openid account' });
    return oidc.authorizationCodeGrant(client, location, checks);
  };
  return { config, visitor, email, signInFor, tokens: await signInFor(config) };
}

function logoutPath(config: oidc.Configuration, parameters: Record<string, string>): string {
  const url = oidc.buildEndSessionUrl(config, parameters);
  return url.pathname + url.search;
}

const titleOf = ({ html }: VisitedPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
const leadsTo = ({ headers }: VisitedPage) => /^\d; url=(.*)$/.exec(headers.get('refresh') ?? '')?.[1];
const isSignedIn = async (visitor: PageVisitor) => titleOf(await visitor.open('/account')) !== 'Sign in';
const profile = async (token: string) => (await as.server.api.get('/api/profile', { token })).status;

describe('Signing out as a client asks for it', () => {
  it('ends the browser’s session and all grants of it at once, where an ID token of that is shown', async () => {
    const { config, visitor, tokens } = await signedIn();
    const hint = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BACK, state: 'a b' };
    const page = await visitor.open(logoutPath(config, hint));
    expect([leadsTo(page), titleOf(page)]).toEqual([`${BACK}?state=a+b`, 'Signing out']);
    expect(await profile(tokens.access_token)).toBe(401);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('spares what was granted with offline_access, until that is revoked', async () => {
    const { config, visitor, tokens, email } = await signedIn();
    const ada = new Person(as, config, visitor);
    const free = await ada.tokens(
      await ada.ask({ scope: 'openid account offline_access', prompt: 'consent' }),
    );
    await visitor.open(logoutPath(config, { id_token_hint: tokens.id_token ?? '' }));
    expect([await isSignedIn(visitor), await profile(tokens.access_token)]).toEqual([false, 401]);
    expect(await profile(free.access_token)).toBe(200);
    const next = await oidc.refreshTokenGrant(config, free.refresh_token ?? '');
    expect(next.scope).toBe('openid account offline_access');
    const { accessToken: token } = (await as.server.api.login(email)).body;
    await as.server.api.post('/api/auth/logout-all', undefined, { token });
    expect(await profile(next.access_token)).toBe(401);
  });

  it('does not spare one that asked for offline_access without prompt=consent, which is left out then', async () => {
    const { config, visitor, tokens } = await signedIn();
    const ada = new Person(as, config, visitor);
    const other = await ada.tokens(await ada.ask({ scope: 'openid account offline_access' }));
    expect(other.scope).toBe('openid account');
    await visitor.open(logoutPath(config, { id_token_hint: tokens.id_token ?? '' }));
    expect(await profile(other.access_token)).toBe(401);
  });

  it('takes the same by a form of the client’s', async () => {
    const { config, visitor, tokens } = await signedIn();
    const fields = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BACK };
    const page = await visitor.send(logoutPath(config, {}).split('?')[0] ?? '', fields, ELSEWHERE);
    expect([leadsTo(page), await isSignedIn(visitor)]).toEqual([BACK, false]);
  });

  it.each([
    ['nothing says whose session it is', () => Promise.resolve({})],
    [
      'the ID token is another user’s',
      async () => ({ id_token_hint: (await signedIn()).tokens.id_token ?? '' }),
    ],
  ])('is asked of the person where %s', async (_where, hint: () => Promise<Record<string, string>>) => {
    const { config, visitor, tokens } = await signedIn();
    const given = await hint();
    const client = given['id_token_hint'] ? await sameClient(given['id_token_hint']) : config;
    const page = await visitor.open(logoutPath(client, { ...given, post_logout_redirect_uri: BACK }));
    expect([titleOf(page), page.html.includes('Shop asks to sign you out here.')]).toEqual([
      'Sign out?',
      true,
    ]);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(await profile(tokens.access_token)).toBe(200);
    const stayed = await visitor.submit(new URL(page.path, as.origin).pathname, { answer: 'no' });
    expect([stayed.status, await isSignedIn(visitor)]).toEqual([200, true]);
    const again = await visitor.open(page.path);
    const back = await visitor.submit(new URL(again.path, as.origin).pathname, { answer: 'yes' });
    expect([leadsTo(back), await profile(tokens.access_token)]).toEqual([BACK, 401]);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['no parameters', {}, true],
    ['a state alone', { state: 'a state' }, true],
    ['an ID token, and no address to go back to', { id_token_hint: 'own' }, false],
    [
      'an ID token and an address, and no state',
      { id_token_hint: 'own', post_logout_redirect_uri: BACK },
      false,
    ],
  ])('ends the browser’s session with %s', async (_what, parameters, isAsked) => {
    const { visitor, tokens } = await signedIn();
    const query = new URLSearchParams(parameters);
    if (query.has('id_token_hint')) query.set('id_token_hint', tokens.id_token ?? '');
    let page = await visitor.open(`/oauth/logout?${query.toString()}`);
    expect(titleOf(page) === 'Sign out?').toBe(isAsked);
    if (isAsked) page = await visitor.submit(new URL(page.path, as.origin).pathname, { answer: 'yes' });
    expect([leadsTo(page), await isSignedIn(visitor)]).toEqual([
      query.get('post_logout_redirect_uri') ?? undefined,
      false,
    ]);
    expect(await profile(tokens.access_token)).toBe(401);
  });

  it('is not done by another site’s form, whatever it sends', async () => {
    const { config, visitor, tokens } = await signedIn();
    const page = await visitor.open(logoutPath(config, {}));
    const action = new URL(page.path, as.origin).pathname;
    for (const csrf of ['', 'x'])
      await visitor.send(action, { answer: 'yes', csrf }, { ...ELSEWHERE, Origin: 'https://evil.example' });
    expect(await profile(tokens.access_token)).toBe(200);
  });

  it('leads a browser that another site sent here once more, as of this one, before it looks at cookies', async () => {
    const { config, tokens } = await signedIn();
    const { pathname, search } = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' });
    const sent = await fetch(as.url + pathname + search, { redirect: 'manual', headers: ELSEWHERE });
    const page = new URL(sent.headers.get('location') ?? '');
    const answer = await fetch(as.url + page.pathname, { headers: ELSEWHERE });
    expect([answer.status, answer.headers.get('refresh')]).toEqual([200, `0; url=${page.href}`]);
  });

  it('is no more than a way back for who is not signed in', async () => {
    const config = await as.client(CLIENT);
    const visitor = new PageVisitor(as.url, {}, as.origin);
    const page = await visitor.open(logoutPath(config, { post_logout_redirect_uri: BACK }));
    expect(leadsTo(page)).toBe(BACK);
    const without = await visitor.open('/oauth/logout');
    expect(titleOf(without)).toBe('You are signed out');
  });

  it('ends a session that goes on behind an access token which has expired', async () => {
    const { config, visitor, tokens } = await signedIn();
    as.server.clock.advance(16 * 60_000);
    const page = await visitor.open(logoutPath(config, { id_token_hint: tokens.id_token ?? '' }));
    expect(titleOf(page)).toBe('You are signed out');
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it.each([
    ['an address that is not the client’s', { post_logout_redirect_uri: `${BACK}/` }],
    ['an address with more than the client’s', { post_logout_redirect_uri: `${BACK}?x=1` }],
    ['an ID token that no one can read', { id_token_hint: 'x' }],
    ['an ID token that another signed', { id_token_hint: 'forged' }],
    ['a client that is not the ID token’s', { client_id: 'other', id_token_hint: 'own' }],
    ['a client that is unknown', { client_id: 'unknown' }],
  ])('is refused with %s, and sends nobody anywhere', async (_what, parameters: Record<string, string>) => {
    const { config, visitor, tokens } = await signedIn();
    const idToken = tokens.id_token ?? '';
    const hints: Record<string, string> = { own: idToken, forged: `${idToken.slice(0, -8)}AAAAAAAA` };
    const given = { ...parameters };
    if (given['id_token_hint'] !== undefined)
      given['id_token_hint'] = hints[given['id_token_hint']] ?? given['id_token_hint'];
    const page = await visitor.open(logoutPath(config, given));
    expect([page.status, leadsTo(page)]).toEqual([400, undefined]);
    expect(await profile(tokens.access_token)).toBe(200);
  });

  it.each(['logout+jwt', 'token-introspection+jwt', 'at+jwt'])(
    'takes a token of the type %s for no ID token, nor does the authorization',
    async (typ) => {
      const { config, visitor, tokens } = await signedIn();
      const id_token_hint = await signedLike(tokens.id_token ?? '', { typ });
      const page = await visitor.open(logoutPath(config, { id_token_hint }));
      expect([page.status, await isSignedIn(visitor)]).toEqual([400, true]);
      const cookie = visitor.jar.headerFor('/oauth/authorize');
      const authorized = async (parameters: Record<string, string>) => {
        const { location } = await as.authorize(config, cookie, { ...parameters, prompt: 'none' });
        return location.searchParams.get('error');
      };
      expect(await authorized({ id_token_hint })).toBe('invalid_request');
      const { url } = await as.authorizationUrl(config, { id_token_hint });
      await expect(oidc.buildAuthorizationUrlWithPAR(config, url.searchParams)).rejects.toMatchObject({
        error: 'invalid_request',
      });
      expect(await authorized({ id_token_hint: await signedLike(tokens.id_token ?? '', {}) })).toBeNull();
    },
  );

  it('takes no logout token for an ID token', async () => {
    const { config, visitor, tokens } = await signedIn();
    const { sub: subject = '', sid } = decodeJwt(tokens.id_token ?? '');
    const ended = { clientId: config.clientMetadata().client_id, subject, sessionId: String(sid) };
    const id_token_hint = await as.server.app.get(LogoutTokens, { strict: false }).sign(ended);
    const page = await visitor.open(logoutPath(config, { id_token_hint }));
    expect([page.status, await isSignedIn(visitor)]).toEqual([400, true]);
  });

  it('shows pages of clients that are told in the browser in frames, those and no others', async () => {
    const front = { frontchannelLogoutUri: 'https://forum.example.com/logout?a=1' };
    const { config, visitor, tokens, signInFor } = await signedIn();
    const forum = await signInFor(await as.client(front));
    const page = await visitor.open(
      logoutPath(config, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BACK }),
    );
    const sid = forum.claims()?.['sid'] as string;
    const query = new URLSearchParams({ a: '1', iss: as.origin, sid }).toString().replaceAll('&', '&amp;');
    const frames = [...page.html.matchAll(/<iframe src="([^"]*)"/g)].map(([, address]) => address);
    expect(frames).toEqual([`https://forum.example.com/logout?${query}`]);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(/frame-src ([^;]*)/.exec(policy)?.[1]).toBe('https://forum.example.com/logout');
    expect(leadsTo(page)).toBe(BACK);
    expect(page.headers.get('refresh')).toMatch(/^3;/);
  });

  it('shows pages of all clients that are told in the browser, however many grants there are', async () => {
    const { config, visitor, tokens } = await signedIn();
    const forum = await as.newClient({ frontchannelLogoutUri: 'https://forum.example.com/logout' });
    const sessions = as.server.app.get(SessionsService, { strict: false });
    const { sub: subject = '', sid } = decodeJwt(tokens.id_token ?? '');
    const parentId = (await sessions.find(sid as string))?.parentId;
    const grant = { clientId: forum.client.id, scopes: ['openid'], parentId };
    const nobody = { ip: null, userAgent: null };
    const opened = [];
    // In the order in which they are read, more than are read at once twice over.
    for (let count = 0; count < 401; count++)
      opened.push(await sessions.open(subject, nobody, undefined, grant));
    const page = await visitor.open(logoutPath(config, { id_token_hint: tokens.id_token ?? '' }));
    const told = [...page.html.matchAll(/<iframe src="[^"]*sid=([^"]*)"/g)].map(([, id]) => id);
    expect(told).toHaveLength(opened.length);
    expect(new Set(told)).toEqual(new Set(opened.map(({ session }) => session.id)));
    expect(page.headers.get('content-security-policy')).toContain(
      'frame-src https://forum.example.com/logout',
    );
  });

  it('is told to clients by the metadata', async () => {
    const metadata = (await as.client()).serverMetadata();
    expect(metadata).toMatchObject({
      end_session_endpoint: `${as.origin}/oauth/logout`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    });
  });

  it('is over after ten minutes', async () => {
    const { config, visitor } = await signedIn();
    const page = await visitor.open(logoutPath(config, {}));
    as.server.clock.advance(600_000);
    const late = await visitor.open(new URL(page.path, as.origin).pathname);
    expect([late.status, titleOf(late)]).toEqual([410, 'This request is over']);
  });
});

/** What the server itself has signed, with the claims of an ID token. */
async function signedLike(idToken: string, header: { readonly typ?: string }): Promise<string> {
  const { current } = as.server.app.get(SigningKeys, { strict: false });
  const head = Buffer.from(JSON.stringify({ alg: current.alg, kid: current.kid, ...header }));
  const input = `${head.toString('base64url')}.${idToken.split('.')[1]}`;
  return `${input}.${(await current.signature(Buffer.from(input))).toString('base64url')}`;
}

/** As the client whose the ID token is, which sends it along. */
async function sameClient(idToken: string): Promise<oidc.Configuration> {
  const [, payload = ''] = idToken.split('.');
  const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string };
  const config = new oidc.Configuration((await as.client()).serverMetadata(), aud);
  // oxlint-disable-next-line typescript/no-deprecated -- on loopback
  oidc.allowInsecureRequests(config);
  return config;
}
