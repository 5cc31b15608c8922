import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { PASSWORD } from '../../support/api-client.js';
import { describeWithChromium } from '../../support/services/available.js';
import { findingsOf, NARROW, PageBrowser } from '../support/page-browser.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { rounds } from './races.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const PAGE = '/oauth/device';
const ROUNDS = rounds(25);

type Device = oidc.DeviceAuthorizationResponse;

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({
    environment: { LOGIN_RATE_LIMIT: '1000/1m', TRUST_PROXY: '127.0.0.0/8' },
  });
});

afterAll(() => as.close());

const television = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  as.client({
    name: 'Television',
    type: 'public',
    grants: [DEVICE_GRANT, 'refresh_token'],
    redirectUris: [],
    ...settings,
  });

const begin = (config: oidc.Configuration, parameters: Record<string, string> = {}): Promise<Device> =>
  oidc.initiateDeviceAuthorization(config, { scope: 'openid email account', ...parameters });

/** One poll, without the wait before it. */
const poll = (config: oidc.Configuration, { device_code }: Device) =>
  oidc.genericGrantRequest(config, DEVICE_GRANT, { device_code });

/** Waits as long as a device does, and polls as the library does. */
const tokensFor = (config: oidc.Configuration, device: Device) => {
  as.server.clock.advance(60_000);
  return oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 });
};

const registered = async ({ server }: TestAuthorizationServer) => (await server.api.register()).body;
const refusal = (error: string) => expect.objectContaining({ error });

async function person(headers: Record<string, string> = {}) {
  const { user, accessToken } = await registered(as);
  const visitor = new PageVisitor(as.url, headers, as.origin);
  await visitor.open('/account/sign-in');
  await visitor.submit('/account/sign-in', { email: user.email, password: PASSWORD });
  return { user, accessToken, visitor };
}

async function answer(visitor: PageVisitor, code: string, said: 'allow' | 'deny'): Promise<VisitedPage> {
  await visitor.open(PAGE);
  await visitor.submit(PAGE, { user_code: code });
  return visitor.submit(PAGE, { answer: said });
}

const put = (token: string, json: unknown) =>
  as.server.api.request('PUT', '/api/auth/device', { token, json });
const titleOf = ({ html }: VisitedPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];

describe('A device', () => {
  it('gets a session of the person who typed its code, with an ID token', async () => {
    const config = await television();
    const device = await begin(config);
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${as.origin}${PAGE}`,
      verification_uri_complete: `${as.origin}${PAGE}?user_code=${device.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    const ada = await person();
    const page = await answer(ada.visitor, device.user_code, 'allow');
    expect(titleOf(page)).toBe('Device connected');
    const tokens = await tokensFor(config, device);
    const { client_id } = config.clientMetadata();
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: ada.user.id,
      client_id,
      scope: 'openid email account',
    });
    expect(tokens.claims()).toMatchObject({
      sub: ada.user.id,
      email: ada.user.email,
      amr: ['pwd'],
      acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    });
    expect((await as.server.api.get('/api/profile', { token: tokens.access_token })).status).toBe(200);
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const sessions = await as.server.api.get<unknown[]>('/api/auth/sessions', { token: next.access_token });
    expect(sessions.body).toContainEqual(expect.objectContaining({ clientId: client_id }));
  });

  it('is told to wait, and to wait longer each time that it polls too soon', async () => {
    const config = await television();
    const device = await begin(config);
    const errorOf = async () => poll(config, device).catch(({ error }: { error: string }) => error);
    expect(await errorOf()).toBe('authorization_pending');
    expect(await errorOf()).toBe('slow_down');
    as.server.clock.advance(9000);
    expect(await errorOf()).toBe('slow_down');
    as.server.clock.advance(14_900);
    expect(await errorOf()).toBe('slow_down');
    as.server.clock.advance(20_000);
    expect(await errorOf()).toBe('authorization_pending');
    as.server.clock.advance(19_900);
    expect(await errorOf()).toBe('slow_down');
  });

  it('is told that its time is over', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    as.server.clock.advance(600_000);
    await expect(poll(config, device)).rejects.toEqual(refusal('expired_token'));
    expect((await put(ada.accessToken, { userCode: device.user_code, allow: true })).status).toBe(404);
  });

  it('is told that it was not allowed', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    expect(titleOf(await answer(ada.visitor, device.user_code, 'deny'))).toBe('Device not connected');
    await expect(tokensFor(config, device)).rejects.toEqual(refusal('access_denied'));
  });

  it.each([
    ['en', 'To be used at'],
    ['de', 'Zu verwenden bei'],
  ])('is shown with the resource that it asks for, in %s', async (language, term) => {
    const resource = 'https://orders.example.com/api';
    const config = await television({ audiences: [resource] });
    const { visitor, accessToken } = await person({ 'Accept-Language': language });
    await visitor.open(PAGE);
    const { user_code: userCode } = await begin(config, { resource });
    const page = await visitor.submit(PAGE, { user_code: userCode });
    expect(page.html).toContain(`<dt>${term}</dt><dd>${resource}</dd>`);
    const { body } = await as.server.api.post('/api/auth/device', { userCode }, { token: accessToken });
    expect(body).toMatchObject({ resource });
    const other = await begin(await television());
    const without = await visitor.submit(PAGE, { user_code: other.user_code });
    expect(without.html).not.toContain(term);
  });

  it('gets nothing by a sign-in that does not meet an essential acr', async () => {
    const config = await television();
    const acr = { essential: true, value: 'https://refeds.org/profile/mfa' };
    const device = await begin(config, { claims: JSON.stringify({ id_token: { acr } }) });
    const { accessToken: token } = await person();
    expect((await put(token, { userCode: device.user_code, allow: true })).status).toBe(204);
    await expect(tokensFor(config, device)).rejects.toEqual(refusal('unmet_authentication_requirements'));
    await expect(begin(config, { claims: '{"id_token":{"acr":1}}' })).rejects.toEqual(
      refusal('invalid_request'),
    );
  });

  it('is of a client that may have the grant, and gets no scope that the client may not have', async () => {
    const without = await television({
      grants: ['authorization_code'],
      redirectUris: ['http://127.0.0.1/cb'],
    });
    await expect(begin(without)).rejects.toEqual(refusal('unauthorized_client'));
    await expect(begin(await television(), { scope: 'openid users:write' })).rejects.toEqual(
      refusal('invalid_scope'),
    );
  });

  it('gets nothing by the code of another client', async () => {
    const [config, other] = await Promise.all([television(), television()]);
    const device = await begin(config);
    const ada = await person();
    await answer(ada.visitor, device.user_code, 'allow');
    await expect(poll(other, device)).rejects.toEqual(refusal('invalid_grant'));
    expect((await tokensFor(config, device)).access_token).toBeTruthy();
  });

  it('ends with the session in which it was allowed, unless it asked for offline_access', async () => {
    const config = await television();
    const ada = await person();
    const [bound, free] = [
      await begin(config),
      await begin(config, { scope: 'openid account offline_access' }),
    ];
    for (const { user_code } of [bound, free]) await answer(ada.visitor, user_code, 'allow');
    const [one, two] = [await tokensFor(config, bound), await tokensFor(config, free)];
    await ada.visitor.open('/account');
    await ada.visitor.submit('/account/sign-out', {});
    const statusOf = async (token: string) => (await as.server.api.get('/api/profile', { token })).status;
    expect([await statusOf(one.access_token), await statusOf(two.access_token)]).toEqual([401, 200]);
  });

  it('gets nothing for whom the account was disabled meanwhile, or the sign-in ended', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    await answer(ada.visitor, device.user_code, 'allow');
    await ada.visitor.open('/account');
    await ada.visitor.submit('/account/sign-out', {});
    await expect(tokensFor(config, device)).rejects.toEqual(refusal('invalid_grant'));
  });
});

describe('A device code', () => {
  it('gives one session to three polls at once, which a later use ends', async () => {
    const config = await television();
    const { accessToken } = await registered(as);
    for (let round = 0; round < ROUNDS; round++) {
      const device = await begin(config);
      expect((await put(accessToken, { userCode: device.user_code, allow: true })).status).toBe(204);
      const results = await Promise.allSettled(Array.from({ length: 3 }, () => poll(config, device)));
      const won = results.filter((result) => result.status === 'fulfilled');
      const reasons = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
      expect(won).toHaveLength(1);
      const errors = reasons.map(({ error }: { error: string }) => error);
      // One that comes once another has used the code uses it again.
      const isUsedAgain = errors.includes('invalid_grant');
      expect(errors.filter((error) => error !== 'invalid_grant' && error !== 'slow_down')).toEqual([]);
      const token = won[0]?.value.access_token ?? '';
      const { status } = await as.server.api.get('/api/profile', { token });
      expect(status).toBe(isUsedAgain ? 401 : 200);
      if (round > 0) continue;
      as.server.clock.advance(60_000);
      await expect(poll(config, device)).rejects.toEqual(refusal('invalid_grant'));
      expect((await as.server.api.get('/api/profile', { token })).body.code).toBe('TOKEN_REVOKED');
    }
  });

  it('ends what it gave when it is shown again at once', async () => {
    const config = await television();
    const { accessToken } = await registered(as);
    const device = await begin(config);
    await put(accessToken, { userCode: device.user_code, allow: true });
    const { access_token: token } = await poll(config, device);
    expect((await as.server.api.get('/api/profile', { token })).status).toBe(200);
    await expect(poll(config, device)).rejects.toEqual(refusal('invalid_grant'));
    expect((await as.server.api.get('/api/profile', { token })).body.code).toBe('TOKEN_REVOKED');
  });

  it('is remembered with all others that are allowed at the same time', async () => {
    const { accessToken: token } = await registered(as);
    const asked = ['openid', 'profile', 'email', 'account'];
    for (let round = 0; round < 5; round++) {
      const config = await television({ firstParty: false });
      const devices = await Promise.all(asked.map((scope) => begin(config, { scope })));
      await Promise.all(devices.map(({ user_code: userCode }) => put(token, { userCode, allow: true })));
      const { body } = await as.server.api.get<{ scopes: string[] }[]>('/api/auth/consents', { token });
      expect(body.at(-1)?.scopes.toSorted()).toEqual(asked.toSorted());
    }
  });

  it('is answered once, whoever else answers at the same time', async () => {
    const config = await television();
    const people = await Promise.all([1, 2, 3].map(() => registered(as)));
    const device = await begin(config);
    const answers = await Promise.all(
      people.map(({ accessToken }, index) =>
        put(accessToken, { userCode: device.user_code, allow: index !== 1 }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404, 404]);
  });
});

describe('The code that a person types', () => {
  it.each([
    (code: string) => code.toLowerCase(),
    (code: string) => code.replace('-', ''),
    (code: string) => ` ${code.replace('-', ' – ')} `,
  ])('counts however it is written: %s', async (written) => {
    const device = await begin(await television());
    const { accessToken } = await registered(as);
    const typed = written(device.user_code);
    expect((await put(accessToken, { userCode: typed, allow: true })).status).toBe(204);
  });

  it('is refused alike where none waits with it: guessed, answered, or no code at all', async () => {
    const { accessToken: token } = await registered(as);
    const device = await begin(await television());
    await put(token, { userCode: device.user_code, allow: false });
    for (const userCode of [device.user_code, 'BBBB-BBBB', 'AEIO-UAEI', 'x', '💥', '../../x'])
      expect((await put(token, { userCode, allow: true })).body).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        detail: 'No device waits with this code, or its time is over.',
      });
    for (const odd of [{}, { userCode: 1, allow: true }, { userCode: 'BBBB-BBBB', allow: 'yes' }, null])
      expect((await put(token, odd)).status).toBe(400);
    expect((await put('', { userCode: 'BBBB-BBBB', allow: true })).status).toBe(401);
  });

  it('is for no token of a client, which would allow itself something', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    await answer(ada.visitor, device.user_code, 'allow');
    const { access_token: token } = await tokensFor(config, device);
    const another = await begin(config);
    expect((await put(token, { userCode: another.user_code, allow: true })).body.code).toBe(
      'INSUFFICIENT_SCOPE',
    );
  });
});

describe('Guessing codes', () => {
  it('is limited by address, by user, and for all', async () => {
    const guessed = await TestAuthorizationServer.start({
      environment: { VERIFY_RATE_LIMIT: '5/1m', TRUST_PROXY: '127.0.0.0/8' },
    });
    try {
      const { api } = guessed.server;
      const [eve, mallory] = [await registered(guessed), await registered(guessed)];
      const guess = async (token: string, ip: string) => {
        const headers = { 'X-Forwarded-For': ip };
        const json = { userCode: 'BBBB-BBBB', allow: true };
        return (await api.request('PUT', '/api/auth/device', { token, json, headers })).status;
      };
      const statuses: number[] = [];
      for (let index = 0; index < 6; index++) statuses.push(await guess(eve.accessToken, `192.0.2.${index}`));
      expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
      const byAddress: number[] = [];
      for (let index = 0; index < 6; index++) byAddress.push(await guess(mallory.accessToken, '192.0.2.77'));
      expect(byAddress).toEqual([404, 404, 404, 404, 404, 429]);
    } finally {
      await guessed.close();
    }
  });
});

describe('The page', () => {
  it('asks who is not signed in to sign in first, and keeps the code', async () => {
    const visitor = new PageVisitor(as.url, {}, as.origin);
    const device = await begin(await television());
    const { user } = await registered(as);
    const signIn = await visitor.open(`${PAGE}?user_code=${device.user_code}`);
    expect(titleOf(signIn)).toBe('Sign in');
    const page = await visitor.submit('/account/sign-in', { email: user.email, password: PASSWORD });
    expect([titleOf(page), page.html.includes(device.user_code)]).toEqual(['Connect a device', true]);
  });

  it('shows a code of the address to compare it, and allows nothing by being opened', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    const page = await ada.visitor.open(`${PAGE}?user_code=${device.user_code}`);
    expect(page.html).toContain('Compare this code');
    await expect(poll(config, device)).rejects.toEqual(refusal('authorization_pending'));
  });

  it('warns of who may have sent the code: it names the client, the code, and where the device asks from', async () => {
    const config = await television({ name: 'Fake <b>Bank</b>', firstParty: false });
    config[oidc.customFetch] = (url, options) =>
      fetch(url, {
        ...(options as RequestInit),
        headers: { ...options.headers, 'X-Forwarded-For': '198.51.100.66', 'User-Agent': 'phish/6.6' },
      });
    const device = await begin(config);
    const victim = await person();
    await victim.visitor.open(`${PAGE}?user_code=${device.user_code}`);
    const page = await victim.visitor.submit(PAGE, { user_code: device.user_code });
    expect(page.html).toContain('Do you hold this device?');
    expect(page.html).toContain('If another person sent you the code');
    for (const text of ['198.51.100.66', 'phish/6.6', device.user_code, 'Fake &lt;b&gt;Bank'])
      expect(page.html).toContain(text);
    expect(page.html).toContain('See your e-mail address');
    expect(page.html).toContain('Until you sign out here, and at most 30 days,');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    await victim.visitor.submit(PAGE, { answer: 'deny' });
    await expect(tokensFor(config, device)).rejects.toEqual(refusal('access_denied'));
  });

  it('is not answered by a form of another site', async () => {
    const config = await television();
    const device = await begin(config);
    const ada = await person();
    await ada.visitor.open(PAGE);
    const fields = { user_code: device.user_code, answer: 'allow' };
    const forged = await ada.visitor.send(PAGE, { ...fields, csrf: 'guessed' });
    expect(forged.status).toBe(403);
    const elsewhere = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await ada.visitor.submit(PAGE, fields, elsewhere)).status).toBe(403);
    await expect(poll(config, device)).rejects.toEqual(refusal('authorization_pending'));
  });

  it('remembers what a client of others was allowed, which is taken back on the page of applications', async () => {
    const config = await television({ firstParty: false });
    const device = await begin(config);
    const ada = await person();
    await answer(ada.visitor, device.user_code, 'allow');
    const { access_token: token } = await tokensFor(config, device);
    const { accessToken } = (await as.server.api.login(ada.user.email)).body;
    const list = () => as.server.api.get('/api/auth/consents', { token: accessToken });
    expect((await list()).body).toEqual([
      expect.objectContaining({ name: 'Television', scopes: ['openid', 'email', 'account'] }),
    ]);
    await ada.visitor.open('/account/applications');
    await ada.visitor.submit('/account/applications', {});
    expect([(await list()).body, (await as.server.api.get('/api/profile', { token })).status]).toEqual([
      [],
      401,
    ]);
  });

  it('says it in German', async () => {
    const ada = await person({ 'Accept-Language': 'de' });
    expect(titleOf(await ada.visitor.open(PAGE))).toBe('Ein Gerät verbinden');
  });
});

describeWithChromium('In a real browser', () => {
  it('the narrow pages are accessible, fit, and connect the device', async () => {
    const config = await television();
    const device = await begin(config);
    const { user } = await registered(as);
    const browser = await PageBrowser.launch();
    try {
      const { page, complaints } = await browser.open({ viewport: NARROW, colorScheme: 'light' });
      await page.goto(device.verification_uri_complete ?? '');
      await page.getByLabel('E-mail address').fill(user.email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('Code').waitFor();
      const looks = async () => [
        await findingsOf(page),
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
      ];
      expect(await looks()).toEqual([[], 0]);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
      expect(await looks()).toEqual([[], 0]);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.getByRole('heading', { name: 'Device connected' }).waitFor();
      expect(complaints).toEqual([]);
      expect((await tokensFor(config, device)).access_token).toBeTruthy();
    } finally {
      await browser.close();
    }
  });
});
