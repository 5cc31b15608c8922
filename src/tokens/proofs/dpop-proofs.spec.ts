import { createHmac, createSecretKey } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import { DpopKey, type Proof } from '../../../test/support/dpop-key.js';
import { encodePart } from '../../../test/support/jws.js';
import { DpopProofs } from './dpop-proofs.js';
import { ProofNonces } from './proof-nonces.js';
import { ReplayMemory } from './replay-memory.js';

const URL = 'https://api.example.com/orders/7';
const TOKEN = 'header.payload.signature';

describe('DpopProofs', () => {
  let key: DpopKey;
  let other: DpopKey;
  let clock: ManualClock;
  let nonces: ProofNonces;
  let proofs: DpopProofs;

  beforeAll(async () => {
    [key, other] = await Promise.all([DpopKey.create(), DpopKey.create()]);
  });
  beforeEach(() => {
    clock = new ManualClock();
    nonces = new ProofNonces(createSecretKey(Buffer.alloc(32, 1)), clock);
    proofs = new DpopProofs(new ReplayMemory(clock), clock, nonces);
  });

  const seconds = () => Math.floor(clock.now() / 1000);
  const proof = ({ claims, ...said }: Proof = {}, of = key) =>
    of.proof({ htm: 'GET', htu: URL, token: TOKEN, ...said, claims: { iat: seconds(), ...claims } });
  const target = (of = key) => ({ method: 'GET', url: `${URL}?page=2`, token: TOKEN, jkt: of.jkt });
  const check = (shown: string, of = key) => proofs.check(shown, target(of));
  const invalid = expect.objectContaining({ code: 'DPOP_PROOF_INVALID' });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'])('takes one of %s', async (alg) => {
    const of = await DpopKey.create(alg);

    await expect(check(await proof({}, of), of)).resolves.toBeUndefined();
  });

  it.each(['ES384', 'ES512', 'RS512'])('takes none of %s', async (alg) => {
    const of = await DpopKey.create(alg);

    await expect(check(await proof({}, of), of)).rejects.toEqual(invalid);
  });

  it.each<[string, Proof]>([
    ['another method', { htm: 'POST' }],
    ['a method in lower case', { htm: 'get' }],
    ['another path', { htu: `${URL}/lines` }],
    ['another host', { htu: 'https://api.example.org/orders/7' }],
    ['another scheme', { htu: 'http://api.example.com/orders/7' }],
    ['another port', { htu: 'https://api.example.com:8443/orders/7' }],
    ['a user in its address', { htu: 'https://me@api.example.com/orders/7' }],
    ['no whole address', { htu: '/orders/7' }],
    ['no address', { claims: { htu: undefined } }],
    ['an address that is no text', { claims: { htu: [URL] } }],
    ['another token', { token: 'another' }],
    ['no token', { claims: { ath: undefined } }],
    ['no identifier', { claims: { jti: undefined } }],
    ['an empty identifier', { claims: { jti: '' } }],
    ['no time', { claims: { iat: undefined } }],
    ['another type', { header: { typ: 'at+jwt' } }],
  ])('refuses one with %s', async (_, said) => {
    await expect(check(await proof(said))).rejects.toEqual(invalid);
  });

  it('refuses one of another key than the token’s, and one with another’s key in it', async () => {
    await expect(check(await proof({}, other))).rejects.toEqual(invalid);
    await expect(check(await proof({ header: { jwk: other.jwk } }))).rejects.toEqual(invalid);
    await expect(check(await proof({ header: { jwk: key.jwk } }, other))).rejects.toEqual(invalid);
  });

  it('refuses one that holds its private key', async () => {
    const jwk = await exportJWK(key.pair.privateKey);

    await expect(check(await proof({ header: { jwk } }))).rejects.toEqual(invalid);
  });

  it('refuses what is signed by a shared secret, or by nothing', async () => {
    const [, payload = ''] = (await proof()).split('.');
    const secret = Buffer.from('a secret that both could have, long enough');
    const jwk = { kty: 'oct', k: secret.toString('base64url') };
    const signed = `${encodePart({ typ: 'dpop+jwt', alg: 'HS256', jwk })}.${payload}`;
    const mac = createHmac('sha256', secret).update(signed).digest('base64url');
    await expect(check(`${signed}.${mac}`)).rejects.toEqual(invalid);
    const unsigned = `${encodePart({ typ: 'dpop+jwt', alg: 'none', jwk: key.jwk })}.${payload}.`;
    await expect(check(unsigned)).rejects.toEqual(invalid);
  });

  it.each(['', 'x', 'a.b.c', 'x'.repeat(9_000)])('refuses what is no JWT: %.20s', async (text) => {
    await expect(check(text)).rejects.toEqual(invalid);
  });

  it.each(['HTTPS://API.EXAMPLE.COM/orders/7', 'https://api.example.com:443/orders/7?x=1#y'])(
    'takes an address however it is written: %s',
    async (htu) => {
      await expect(check(await proof({ htu }))).resolves.toBeUndefined();
    },
  );

  it('takes one once, of several at once, too', async () => {
    const shown = await proof();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => check(shown)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(check(shown)).rejects.toEqual(invalid);
  });

  it('does not remember one that did not hold', async () => {
    const claims = { jti: 'one' };
    await expect(check(await proof({ claims, htm: 'PUT' }))).rejects.toEqual(invalid);
    await expect(check(await proof({ claims }))).resolves.toBeUndefined();
  });

  it('asks for a nonce where the time is not that of its clock, and then takes it whatever the time', async () => {
    for (const off of [61, -61]) {
      const claims = { iat: seconds() + off };
      const asked = { code: 'DPOP_NONCE_REQUIRED', dpopNonce: nonces.current() };
      await expect(check(await proof({ claims }))).rejects.toMatchObject(asked);
      await expect(check(await proof({ claims, nonce: nonces.current() }))).resolves.toBeUndefined();
      await expect(check(await proof({ claims: { iat: seconds() + off / 1.1 } }))).resolves.toBeUndefined();
    }
  });

  it('takes its nonces for a minute at least and two at most, and no made-up ones', async () => {
    const nonce = nonces.current();
    const refused = { code: 'DPOP_NONCE_REQUIRED' };
    for (const wrong of ['', 'made-up', `${nonce}x`, 1])
      await expect(check(await proof({ claims: { nonce: wrong } }))).rejects.toMatchObject(refused);
    clock.advance(60_000);
    await expect(check(await proof({ nonce }))).resolves.toBeUndefined();
    clock.advance(60_000);
    await expect(check(await proof({ nonce }))).rejects.toMatchObject(refused);
  });

  it('refuses by time alone where there are no nonces', async () => {
    proofs = new DpopProofs(new ReplayMemory(clock), clock, undefined);
    await expect(check(await proof({ claims: { iat: seconds() - 61 } }))).rejects.toEqual(invalid);
    await expect(check(await proof({ nonce: 'of another server' }))).resolves.toBeUndefined();
  });
});
