import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CALLBACK, TestAuthorizationServer } from '../authorization-server.js';
import { signInBrowser } from '../signed-in-browser.js';
import { TokenEndpoint } from '../token-endpoint.js';
import { signInForClient } from './signed-in-client.js';
import { setClockForward } from './time-of-day.js';

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { OAUTH_RATE_LIMIT: '1000000/1m' } });
});

afterAll(() => as.close());

afterEach(() => {
  jest.restoreAllMocks();
});

const browser = () => signInBrowser(as.url, as.origin);

const signedIn = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  signInForClient(as, settings);

type Asked = Awaited<ReturnType<TestAuthorizationServer['authorize']>>;

/** What exchanges a code, as far as a client knows it. */
const formOf = ({ location, checks }: Asked, others: Record<string, string> = {}) => ({
  grant_type: 'authorization_code',
  redirect_uri: CALLBACK,
  code: location.searchParams.get('code') ?? '',
  code_verifier: String(checks.pkceCodeVerifier),
  ...others,
});

const profile = async (token: unknown) =>
  (await as.server.api.get('/api/profile', { token: String(token) })).status;
const REFUSED = { status: 400, body: { error: 'invalid_grant' } };
const SCOPE = { scope: 'openid account' };

describe('A code that was stolen', () => {
  it('and put into another’s sign-in is refused: the verifier there is another (injection)', async () => {
    const { config, cookie, endpoint } = await signedIn();
    const eve = await browser();
    const [own, theirs] = [
      await as.authorize(config, cookie, SCOPE),
      await as.authorize(config, eve.cookie, SCOPE),
    ];
    const injected = formOf(own, { code_verifier: String(theirs.checks.pkceCodeVerifier) });
    expect(await endpoint.ask(injected)).toMatchObject(REFUSED);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['without a verifier', { code_verifier: undefined }],
    ['with an empty verifier', { code_verifier: '' }],
    ['with a verifier that is too short', { code_verifier: 'a'.repeat(42) }],
    ['with the challenge for a verifier', { code_verifier: 'challenge' }],
    ['with another redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }],
    ['with a part of the code', { code: 'part' }],
  ])('is refused %s, to a public client, too', async (_how, changes) => {
    for (const type of ['public', 'confidential'] as const) {
      const { config, cookie, endpoint, id } = await signedIn({ type });
      const { url, checks } = await as.authorizationUrl(config, SCOPE);
      const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
      const location = new URL(answer.headers.get('location') ?? '');
      const form = formOf({ location, checks }, type === 'public' ? { client_id: id } : {});
      const known: Record<string, string> = {
        challenge: url.searchParams.get('code_challenge') ?? '',
        part: form.code.slice(0, -1),
      };
      const wrong: Record<string, string> = {};
      for (const [name, value] of Object.entries({ ...form, ...changes }))
        if (value !== undefined) wrong[name] = known[value] ?? value;
      const refused = await endpoint.ask(wrong);
      expect(refused.status).toBe(400);
      expect(refused.body['error']).toMatch(/^invalid_(grant|request)$/);
    }
  });

  it('is refused to another client, with a secret of its own', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const asked = await as.authorize(ada.config, ada.cookie, SCOPE);
    expect(await eve.endpoint.ask(formOf(asked))).toMatchObject(REFUSED);
    expect(await eve.endpoint.ask(formOf(asked, { client_id: ada.id }))).toMatchObject({
      body: { error: expect.stringMatching(/^invalid_(client|request|grant)$/) },
    });
    expect((await ada.endpoint.ask(formOf(asked))).status).toBe(200);
  });

  it('is refused to a confidential client’s name without its secret', async () => {
    const { config, cookie, id } = await signedIn();
    const asked = await as.authorize(config, cookie, SCOPE);
    const refused = await new TokenEndpoint(as.url).ask(formOf(asked, { client_id: id }));
    expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('ends what it gave when the right client shows it again, also half a minute later', async () => {
    const { config, cookie, endpoint } = await signedIn();
    for (const seconds of [0, 30]) {
      const asked = await as.authorize(config, cookie, SCOPE);
      const { body } = await endpoint.ask(formOf(asked));
      expect(await profile(body['access_token'])).toBe(200);
      setClockForward(seconds);
      expect(await endpoint.ask(formOf(asked))).toMatchObject(REFUSED);
      expect(await profile(body['access_token'])).toBe(401);
    }
  });

  it('ends nothing where the verifier or the redirect URI is not shown with it', async () => {
    const { config, cookie, endpoint } = await signedIn();
    for (const changes of [{ code_verifier: 'x'.repeat(43) }, { redirect_uri: 'https://evil.example' }]) {
      const asked = await as.authorize(config, cookie, SCOPE);
      const { body } = await endpoint.ask(formOf(asked));
      expect(await endpoint.ask(formOf(asked, changes))).toMatchObject(REFUSED);
      expect(await profile(body['access_token'])).toBe(200);
    }
  });

  it('is of no use a minute later', async () => {
    const { config, cookie, endpoint } = await signedIn();
    const [soon, late] = [
      await as.authorize(config, cookie, SCOPE),
      await as.authorize(config, cookie, SCOPE),
    ];
    setClockForward(50);
    expect((await endpoint.ask(formOf(soon))).status).toBe(200);
    setClockForward(61);
    expect(await endpoint.ask(formOf(late))).toMatchObject(REFUSED);
  });
});
