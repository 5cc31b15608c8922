import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, type JWTPayload } from 'jose';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { CurrentProvider } from '../../../src/oauth/provider/current-provider.js';
import type { Platform } from '../access/extended-app.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { basicOf } from './token-endpoint.js';

const FORM = 'application/x-www-form-urlencoded';
const PLATFORMS: readonly Platform[] = ['Fastify', 'Express'];
/** Other ones in each answer. */
const CHANGING: ReadonlySet<string> = new Set(['date', 'x-request-id']);

const machine = (settings: Partial<NewClient> = {}): Partial<NewClient> => ({
  firstParty: false,
  grants: ['client_credentials'],
  redirectUris: [],
  scopes: ['users:read', 'audit:read'],
  ...settings,
});

interface Machine {
  readonly id: string;
  readonly authorization: string;
}

/** An answer to a request that is sent as a machine sends it. */
async function ask(
  url: string,
  { authorization }: Machine,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString();
  const length = String(body.length);
  const asked = request(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization, 'content-type': FORM, 'content-length': length, ...headers },
  }).end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const content = JSON.parse(await text(answer)) as Record<string, unknown>;
  return { status: answer.statusCode, headers: stable(answer.headers), body: content };
}

function stable(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CHANGING.has(name)));
}

/** What a token says, but for what is another in each. */
function saidBy(body: Readonly<Record<string, unknown>>): JWTPayload {
  const { jti, iat, nbf, exp, ...said } = decodeJwt(String(body['access_token']));
  expect({ jti, iat, nbf, exp }).toEqual({
    jti: expect.any(String),
    iat: expect.any(Number),
    nbf: expect.any(Number),
    exp: expect.any(Number),
  });
  return { ...said, lifetime: Number(exp) - Number(nbf) };
}

describe.each(PLATFORMS)('a machine that asks for its token, on %s', (platform) => {
  let as: TestAuthorizationServer;
  beforeAll(async () => {
    as = await TestAuthorizationServer.startOn(platform, { oauth: true });
  });
  afterAll(() => as.close());

  const newMachine = async (settings?: Partial<NewClient>): Promise<Machine> => {
    const { client, secret } = await as.newClient(machine(settings));
    return { id: client.id, authorization: basicOf(client.id, secret) };
  };
  /** Whether the protocol library answered while it was asked. */
  const answeredByLibrary = async <T>(asking: () => Promise<T>) => {
    const answering = jest.spyOn(as.server.app.get(CurrentProvider, { strict: false }), 'current');
    const answer = await asking();
    const times = answering.mock.calls.length;
    answering.mockRestore();
    return { answer, byLibrary: times > 0 };
  };

  it.each<[string, Record<string, string>, string[]]>([
    ['without scopes', {}, ['users:read']],
    ['with one', { scope: 'users:read' }, ['users:read']],
    ['with one twice', { scope: 'audit:read users:read audit:read' }, ['users:read', 'audit:read']],
    ['without scopes, of which it may have none', {}, []],
    ['with one that no role gives', { scope: 'orders:read' }, ['orders:read']],
  ])('is answered as the protocol library answers, to the header: %s', async (_what, form, scopes) => {
    const client = await newMachine({ accessTokenTtl: 120, scopes });
    const plain = await answeredByLibrary(() => ask(as.url, client, form));
    // No more is said by this, but it has to be looked at.
    const other = await answeredByLibrary(() => ask(as.url, client, { ...form, client_id: client.id }));
    expect([plain.byLibrary, other.byLibrary]).toEqual([false, true]);
    expect(plain.answer.status).toBe(200);
    expect(plain.answer.headers).toEqual(other.answer.headers);
    const { access_token: _plain, ...said } = plain.answer.body;
    const { access_token: _other, ...saidByLibrary } = other.answer.body;
    expect(said).toEqual(saidByLibrary);
    expect(Object.keys(plain.answer.body)).toEqual(Object.keys(other.answer.body));
    expect(saidBy(plain.answer.body)).toEqual(saidBy(other.answer.body));
  });

  it.each<[string, Partial<NewClient>, Record<string, string>, Record<string, string>, unknown]>([
    ['a scope that it may not have', {}, { scope: 'users:write' }, {}, 'invalid_scope'],
    ['a scope that is none', {}, { scope: 'users:read "' }, {}, 'invalid_scope'],
    ['another resource', {}, { resource: 'https://other.example.com' }, {}, 'invalid_target'],
    [
      'a grant that it has not',
      { grants: ['authorization_code'], redirectUris: [CALLBACK] },
      {},
      {},
      'unauthorized_client',
    ],
    ['no key, where it needs one', { dpopBound: true }, {}, {}, 'invalid_grant'],
    ['a proof that is none', {}, {}, { dpop: 'x' }, 'invalid_dpop_proof'],
    ['a page of another origin', {}, {}, { origin: 'https://other.example.com' }, 'invalid_request'],
    ['a compressed body', {}, {}, { 'content-encoding': 'gzip' }, undefined],
    ['another client’s id beside its own', {}, { client_id: 'other' }, {}, 'invalid_request'],
    ['a secret in the form, too', {}, { client_secret: 'x' }, {}, 'invalid_request'],
  ])('is left to the protocol library with %s', async (_what, settings, form, headers, error) => {
    const client = await newMachine(settings);
    const { answer, byLibrary } = await answeredByLibrary(() => ask(as.url, client, form, headers));
    expect(byLibrary).toBe(true);
    expect(answer.body['error']).toBe(error);
  });

  it.each([[[]], [['orders:read']]])(
    'looks tokens up with no scope that a role gives: %j',
    async (scopes) => {
      const { authorization } = await newMachine({ scopes });
      const headers = { authorization };
      const body = new URLSearchParams({ token: 'x' });
      const answer = await fetch(`${as.url}/oauth/introspect`, { method: 'POST', headers, body });
      expect({ status: answer.status, body: await answer.json() }).toEqual({
        status: 200,
        body: { active: false },
      });
    },
  );

  it('is refused by the protocol library with a wrong secret, or once it is disabled', async () => {
    const client = await newMachine();
    const wrong = { ...client, authorization: basicOf(client.id, 'lk_cs_wrong') };
    const guessed = await answeredByLibrary(() => ask(as.url, wrong, {}));
    expect(guessed.byLibrary).toBe(true);
    expect(guessed.answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(guessed.answer.headers['www-authenticate']).toMatch(/^Basic /);
    expect((await ask(as.url, client, {})).status).toBe(200);
    const clients = as.server.app.get(OAuthClients, { strict: false });
    await clients.change(client.id, { disabled: true }, OPERATOR);
    const disabled = await ask(as.url, client, {});
    expect(disabled).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('may ask again and again on one connection, each time in whatever pieces', async () => {
    const { authorization } = await newMachine();
    const body = 'grant_type=client_credentials&scope=users%3Aread';
    const head = `POST /oauth/token HTTP/1.1\r\nHost: latchkey\r\nAuthorization: ${authorization}\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const { port, hostname } = new URL(as.url);
    const socket = connect(Number(port), hostname).setNoDelay(true);
    let received = '';
    socket.on('data', (data) => (received += String(data)));
    const answers = async (count: number) => {
      while (received.split('"token_type":"Bearer"}').length <= count) await once(socket, 'data');
    };
    socket.write(head + body);
    await answers(1);
    socket.write(head);
    socket.write(body.slice(0, 20));
    // The server has read what was sent before it reads what another connection sends after it.
    await ask(as.url, { id: '', authorization }, {});
    socket.write(body.slice(20));
    await answers(2);
    socket.write(head + body + head + body);
    await answers(4);
    socket.destroy();
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(Array.from({ length: 4 }, () => 'HTTP/1.1 200'));
  });
});
