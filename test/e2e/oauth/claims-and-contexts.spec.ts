import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { type LoginDecision, LoginGate } from '../../../src/auth/login-gate/login-gate.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { type SignedInBrowser, signInBrowser } from './signed-in-browser.js';

const PASSWORD_CONTEXT = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const MULTI_FACTOR = 'https://refeds.org/profile/mfa';

/** Knows of users how they showed who they are. */
class KnowingGate extends LoginGate {
  methods: readonly string[] = [];

  decide(): LoginDecision {
    return { outcome: 'allow', methods: this.methods };
  }
}

let as: TestAuthorizationServer;
let config: oidc.Configuration;
let person: SignedInBrowser;
let gate: KnowingGate;

beforeAll(async () => {
  gate = new KnowingGate();
  as = await TestAuthorizationServer.start({ providers: [{ provide: LoginGate, useValue: gate }] });
  config = await as.client();
  person = await signInBrowser(as.url, as.origin);
});

afterAll(() => as.close());

/** Signed in as the gate says. */
async function signedInBy(...methods: string[]): Promise<SignedInBrowser> {
  gate.methods = methods;
  try {
    return await signInBrowser(as.url, as.origin);
  } finally {
    gate.methods = [];
  }
}

async function tokensFor(parameters: Record<string, string> = {}, { cookie } = person) {
  const { location, checks } = await as.authorize(config, cookie, parameters);
  return oidc.authorizationCodeGrant(config, location, checks);
}

const claimsFor = async (...asked: Parameters<typeof tokensFor>) => (await tokensFor(...asked)).claims();

/** @returns what the client is told instead of a code */
async function refusalOf(parameters: Record<string, string>, { cookie } = person): Promise<string | null> {
  const { location } = await as.authorize(config, cookie, parameters);
  return location.searchParams.get('error');
}

const acr = (member: unknown) => ({ claims: JSON.stringify({ id_token: { acr: member } }) });

describe('acr and amr of an ID token', () => {
  it('are of a password, where nothing else is known', async () => {
    expect(await claimsFor()).toMatchObject({ amr: ['pwd'], acr: PASSWORD_CONTEXT });
  });

  it.each([
    [['otp'], ['pwd', 'otp', 'mfa'], MULTI_FACTOR],
    [['mfa', 'company-badge'], ['pwd', 'mfa', 'company-badge'], MULTI_FACTOR],
    [['geo', 'two words', ''], ['pwd', 'geo'], PASSWORD_CONTEXT],
  ])('are what the login gate knows of %j', async (methods, amr, context) => {
    const said = await claimsFor({}, await signedInBy(...methods));
    expect([said?.['amr'], said?.['acr']]).toEqual([amr, context]);
  });

  it.each([
    [[], ['pwd'], PASSWORD_CONTEXT],
    [['otp', 'company-badge'], ['pwd', 'otp', 'company-badge', 'mfa'], MULTI_FACTOR],
  ])(
    'stay those of the sign-in, with its time, in refreshed ID tokens: %j',
    async (methods, amr, context) => {
      const first = await tokensFor({}, await signedInBy(...methods));
      const signIn = { amr, acr: context, auth_time: first.claims()?.auth_time };
      let { refresh_token: token = '' } = first;
      for (let times = 0; times < 2; times++) {
        const next = await oidc.refreshTokenGrant(config, token);
        expect(next.claims()).toMatchObject(signIn);
        expect(next.claims()).not.toHaveProperty('nonce');
        token = next.refresh_token ?? '';
      }
    },
  );

  it('is the first of what the client would rather have, if the sign-in meets it', async () => {
    const both = await signedInBy('otp');
    expect(await claimsFor({ acr_values: `urn:unknown ${PASSWORD_CONTEXT}` }, both)).toMatchObject({
      acr: PASSWORD_CONTEXT,
    });
    expect(await claimsFor({ acr_values: MULTI_FACTOR })).toMatchObject({ acr: PASSWORD_CONTEXT });
    expect(await claimsFor(acr({ values: [MULTI_FACTOR, 'urn:x'] }))).toMatchObject({
      acr: PASSWORD_CONTEXT,
    });
  });

  it.each([{ values: ['urn:x', MULTI_FACTOR] }, { value: MULTI_FACTOR }])(
    'is refused where an essential one is not met: %j',
    async (wanted) => {
      const essential = acr({ essential: true, ...wanted });
      expect(await refusalOf(essential)).toBe('unmet_authentication_requirements');
      const voluntary = { ...essential, acr_values: PASSWORD_CONTEXT, prompt: 'none' };
      expect(await refusalOf(voluntary)).toBe('unmet_authentication_requirements');
      expect(await claimsFor(essential, await signedInBy('hwk'))).toMatchObject({ acr: MULTI_FACTOR });
    },
  );

  it('is asked of who is not signed in by a sign-in first', async () => {
    const asked = acr({ essential: true, value: MULTI_FACTOR });
    const { location } = await as.authorize(config, undefined, asked);
    expect(location.pathname).toMatch(/^\/account\/authorize\//);
    const none = await as.authorize(config, undefined, { ...asked, prompt: 'none' });
    expect(none.location.searchParams.get('error')).toBe('login_required');
  });

  it('are told by the metadata', () => {
    expect(config.serverMetadata()).toMatchObject({
      acr_values_supported: [PASSWORD_CONTEXT, MULTI_FACTOR],
      claims_parameter_supported: true,
      claims_supported: expect.arrayContaining(['acr', 'amr', 'auth_time', 'email', 'name', 'sub']),
    });
  });
});

describe('The parameter claims', () => {
  it('asks for claims of the scopes that are granted, and for no others', async () => {
    const names = ['email', 'name', 'roles', 'auth_time', 'sid', 'birthdate', '__proto__', 'toString'];
    const members = JSON.parse(`{${names.map((name) => `"${name}": {"essential": true}`).join()}}`) as object;
    const claims = JSON.stringify({ userinfo: members, id_token: members, other: 1 });
    const tokens = await tokensFor({ scope: 'openid email', claims });
    const said = tokens.claims();
    expect(said).toMatchObject({
      email: person.email,
      auth_time: expect.any(Number),
      sid: expect.any(String),
    });
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, person.userId);
    expect(userinfo).toEqual({ sub: person.userId, email: person.email, email_verified: false });
    for (const name of ['name', 'roles', 'birthdate', 'toString'])
      expect(Object.keys(said ?? {})).not.toContain(name);
  });

  it('is taken in a request that is pushed ahead, too', async () => {
    const { url, checks } = await as.authorizationUrl(
      config,
      acr({ essential: true, value: PASSWORD_CONTEXT }),
    );
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
    const answer = await fetch(pushed, { headers: { cookie: person.cookie }, redirect: 'manual' });
    const location = new URL(answer.headers.get('location') ?? '');
    expect((await oidc.authorizationCodeGrant(config, location, checks)).claims()).toMatchObject({
      acr: PASSWORD_CONTEXT,
    });
  });

  it('asks for another user to sign in, if the subject is not the one that is asked for', async () => {
    const of = (sub: string) => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) });
    expect(await claimsFor(of(person.userId))).toMatchObject({ sub: person.userId });
    expect(await refusalOf({ ...of('another'), prompt: 'none' })).toBe('login_required');
  });

  it.each([
    'x',
    '[]',
    'null',
    '{}',
    '{"other":{}}',
    '{"id_token":1}',
    '{"userinfo":null}',
    '{"id_token":{"email":true}}',
    '{"userinfo":{"email":[]}}',
    '{"id_token":{"acr":{"essential":"yes"}}}',
    '{"id_token":{"acr":{"essential":true,"values":"x"}}}',
    '{"id_token":{"acr":{"values":[{}]}}}',
    '{"id_token":{"sub":{"value":{}}}}',
  ])('is refused as %s', async (claims) => {
    expect(await refusalOf({ claims })).toBe('invalid_request');
  });
});
