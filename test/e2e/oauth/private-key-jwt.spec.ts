import { createHmac, type JsonWebKey, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { encodePart } from '../../support/jws.js';
import { eventually } from '../support/eventually.js';
import { describeOnTwoInstances, type Instances } from './on-two-instances.js';
import { TokenEndpoint } from './token-endpoint.js';

const APP_SECRET = randomBytes(32).toString('base64url');
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describeOnTwoInstances('a client that authenticates by its key', { APP_SECRET }, authenticates);

type Claims = { readonly [name in keyof JWTPayload]: JWTPayload[name] | undefined };

interface ClientKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JsonWebKey;
}

async function newKey(alg = 'ES256'): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

function authenticates(start: () => Promise<Instances>): void {
  let as: Instances;
  let key: ClientKey;
  let id: string;

  const settings = (...keys: ClientKey[]) => ({
    authMethod: 'private_key_jwt' as const,
    grants: ['client_credentials' as const],
    redirectUris: [],
    jwks: { keys: keys.map(({ jwk }) => jwk) },
  });

  beforeAll(async () => {
    [as, key] = [await start(), await newKey()];
    id = (await as.here.newClient(settings(key))).client.id;
  });
  afterAll(() => as.stop());

  const seconds = () => Math.floor(Date.now() / 1000);
  const claims = (changes: Claims = {}): Record<string, unknown> => ({
    iss: id,
    sub: id,
    aud: as.here.origin,
    iat: seconds(),
    exp: seconds() + 60,
    jti: randomUUID(),
    ...changes,
  });
  const assertion = (changes: Claims = {}, by = key, kid = by.kid) =>
    new SignJWT(claims(changes)).setProtectedHeader({ alg: 'ES256', kid }).sign(by.privateKey);
  const ask = (client_assertion: string, at = as.here) =>
    new TokenEndpoint(at.url).ask({
      grant_type: 'client_credentials',
      client_assertion_type: TYPE,
      client_assertion,
    });
  const refused = { status: 401, body: { error: 'invalid_client' } };

  it('gets tokens by openid-client', async () => {
    const config = await oidc.discovery(
      new URL(as.here.origin),
      id,
      undefined,
      oidc.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }),
      // oxlint-disable-next-line typescript/no-deprecated -- on loopback
      { execute: [oidc.allowInsecureRequests] },
    );
    expect((await oidc.clientCredentialsGrant(config)).token_type).toBe('bearer');
  });

  it('is known by an assertion for the issuer', async () => {
    expect((await ask(await assertion({ aud: as.here.origin }))).status).toBe(200);
  });

  it.each<[string, () => Claims]>([
    ['has expired', () => ({ exp: seconds() - 60 })],
    ['does not expire', () => ({ exp: undefined })],
    ['is for the token endpoint', () => ({ aud: `${as.here.origin}/oauth/token` })],
    ['is for a list with the issuer', () => ({ aud: ['https://other.example.com', as.here.origin] })],
    ['is for a list of the issuer alone', () => ({ aud: [as.here.origin] })],
    ['is for another server', () => ({ aud: 'https://other.example.com' })],
    ['is for an address like the issuer', () => ({ aud: `${as.here.origin}/` })],
    ['is for none', () => ({ aud: undefined })],
    ['has no identifier', () => ({ jti: undefined })],
    ['is of another issuer', () => ({ iss: randomUUID() })],
    ['is about another client', () => ({ sub: randomUUID() })],
    ['is good only later', () => ({ nbf: seconds() + 600 })],
  ])('is refused with an assertion that %s', async (_, changes) => {
    expect(await ask(await assertion(changes()))).toMatchObject(refused);
  });

  it('is refused with one that was used, on each instance; of several at once one holds', async () => {
    const used = await assertion();
    expect((await ask(used)).status).toBe(200);
    for (const at of [as.here, as.there]) expect(await ask(used, at)).toMatchObject(refused);
    const raced = await assertion();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ask(raced, index % 2 ? as.here : as.there)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is refused with one that another key has signed, whatever its header says', async () => {
    const other = await newKey();
    for (const kid of [other.kid, key.kid])
      expect(await ask(await assertion({}, other, kid))).toMatchObject(refused);
    const header = { alg: 'ES256', jwk: other.jwk as JWK, kid: key.kid };
    const embedded = await new SignJWT(claims()).setProtectedHeader(header).sign(other.privateKey);
    expect(await ask(embedded)).toMatchObject(refused);
  });

  it('is refused with one that is unsigned, or signed by its public key as a secret', async () => {
    const payload = encodePart(claims());
    for (const alg of ['none', 'None'])
      expect(await ask(`${encodePart({ alg, kid: key.kid })}.${payload}.`)).toMatchObject(refused);
    for (const secret of [JSON.stringify(key.jwk), 'kept as a hash, and compared with it']) {
      const signed = `${encodePart({ alg: 'HS256', kid: key.kid })}.${payload}`;
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await ask(`${signed}.${mac}`)).toMatchObject(refused);
    }
  });

  it('is refused without an assertion, and with a secret in its place', async () => {
    const form = { grant_type: 'client_credentials', client_id: id };
    expect((await new TokenEndpoint(as.here.url).ask(form)).status).toBe(401);
    const basic = `Basic ${Buffer.from(`${id}:secret`).toString('base64')}`;
    expect((await new TokenEndpoint(as.here.url, basic).ask(form)).status).toBeGreaterThanOrEqual(400);
  });

  it('changes its keys: both hold while both are known, on each instance', async () => {
    const [before, after] = [await newKey(), await newKey()];
    const clients = as.here.server.app.get(OAuthClients, { strict: false });
    const { client } = await as.here.newClient(settings(before));
    const by = (of: ClientKey) => assertion({ iss: client.id, sub: client.id }, of);
    const answers = async () => {
      const all = [before, after].flatMap((of) =>
        [as.here, as.there].map(async (at) => ask(await by(of), at)),
      );
      return (await Promise.all(all)).map(({ status }) => status);
    };
    expect(await answers()).toEqual([200, 200, 401, 401]);
    await clients.change(client.id, { jwks: settings(before, after).jwks }, OPERATOR);
    await eventually(async () => expect(await answers()).toEqual([200, 200, 200, 200]));
    await clients.change(client.id, { jwks: settings(after).jwks }, OPERATOR);
    await eventually(async () => expect(await answers()).toEqual([401, 401, 200, 200]));
  });
}
