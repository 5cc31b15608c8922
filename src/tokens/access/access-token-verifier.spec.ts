import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import {
  CURVE_ORDERS,
  encodePart as encode,
  signJws,
  withSecondSignature,
  withStrayBits,
} from '../../../test/support/jws.js';
import { testConfig } from '../../../test/support/test-config.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { TokensConfig } from '../../config/config.js';
import { type SigningKeySet, SigningKeySource } from '../keys/signing-key-source.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { TokenKey } from '../keys/token-key.js';
import { HeldRevocations, sessionRevocation } from '../../../test/support/held-revocations.js';
import { LocalPushChannel } from '../../push/local-push-channel.js';
import { RevocationList } from '../revocation/revocation-list.js';
import type { Session } from '../sessions/session.js';
import { AccessTokenIssuer } from './access-token-issuer.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
} from './access-token.errors.js';

const SECRET = createSecretKey(randomBytes(32));
const EC_PAIR = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const EC384_PAIR = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const RSA_PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PSS_PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });

const STRANGER_PAIR = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const ES256 = TokenKey.asymmetric(EC_PAIR.privateKey, 'ES256');
const ES384 = TokenKey.asymmetric(EC384_PAIR.privateKey, 'ES384');
const RS256 = TokenKey.asymmetric(RSA_PAIR.privateKey, 'RS256');
const PS256 = TokenKey.asymmetric(PSS_PAIR.privateKey, 'PS256');
const HS256 = TokenKey.sharedSecret(SECRET);
/** Not a key of ours. */
const STRANGER = TokenKey.asymmetric(STRANGER_PAIR.privateKey, 'ES256');
const ALL = [ES256, ES384, RS256, PS256, HS256];

const ISSUER = 'https://auth.example.com';
const AUDIENCE = 'https://api.example.com';
const LEEWAY = 5;
const SESSION = '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b01';
const OTHER_SESSION = '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b02';

class HeldKeys extends SigningKeySource {
  fresh = true;

  constructor(public set: SigningKeySet) {
    super();
  }

  override get isFresh(): boolean {
    return this.fresh;
  }

  load(): Promise<SigningKeySet> {
    this.fresh = true;
    return Promise.resolve(this.set);
  }
}

describe('AccessTokenVerifier', () => {
  let clock: ManualClock;
  let source: HeldKeys;
  let keys: SigningKeys;
  let store: HeldRevocations;
  let revocations: RevocationList;
  let config: TokensConfig;
  let verifier: AccessTokenVerifier;

  beforeEach(async () => {
    clock = new ManualClock();
    config = testConfig('unused', { PUBLIC_URL: ISSUER, AUDIENCE, ACCESS_TOKEN_TTL: '15m' }).tokens;
    source = new HeldKeys({ current: ES256, all: ALL });
    keys = new SigningKeys(source, clock);
    await keys.onModuleInit();
    store = new HeldRevocations();
    revocations = new RevocationList(store, new LocalPushChannel(), config, clock);
    await revocations.onModuleInit();
    verifier = new AccessTokenVerifier(keys, revocations, store, config, clock);
  });

  afterEach(() => {
    revocations.onApplicationShutdown();
    jest.restoreAllMocks();
  });

  /** Seconds. */
  const now = () => clock.now() / 1000;

  const header = (key = ES256) => ({ alg: key.alg as string, typ: 'at+jwt', kid: key.kid });

  const claims = () => ({
    iss: ISSUER,
    sub: 'someone',
    aud: AUDIENCE,
    exp: now() + 900,
    nbf: now(),
    iat: now(),
    jti: 'token-1',
    sid: SESSION,
    client_id: 'latchkey',
    roles: ['user'],
    scope: 'profile:read profile:write',
  });

  /** A token that is good but for what is given; signed with the key that its header should name. */
  function tokenOf(parts: { header?: unknown; payload?: unknown; key?: TokenKey } = {}): string {
    const { key = ES256 } = parts;
    const protectedHeader = encode(parts.header ?? header(key));
    const signed = `${protectedHeader}.${encode(parts.payload ?? claims())}`;
    return `${signed}.${signatureOf(signed, key).toString('base64url')}`;
  }

  const withClaims = (changes: Record<string, unknown>) => tokenOf({ payload: { ...claims(), ...changes } });

  function outcomeOf(token: string): string {
    try {
      verifier.verify(token);
      return 'accepted';
    } catch (error) {
      return (error as Error).constructor.name;
    }
  }

  describe('accepts', () => {
    it('a good token, and says who is calling', () => {
      const principal = verifier.verify(tokenOf());

      expect(principal).toEqual({
        subject: 'someone',
        sessionId: SESSION,
        tokenId: 'token-1',
        clientId: 'latchkey',
        roles: ['user'],
        scopes: ['profile:read', 'profile:write'],
        issuedAt: clock.now(),
        expiresAt: clock.now() + 900_000,
      });
      expect(Object.isFrozen(principal)).toBe(true);
      expect(Object.isFrozen(principal.roles)).toBe(true);
      expect(Object.isFrozen(principal.scopes)).toBe(true);
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('a good token of each algorithm: %s', (_, key) => {
      expect(outcomeOf(tokenOf({ key }))).toBe('accepted');
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('what the issuer writes: %s', async (_, key) => {
      source.set = { current: key, all: [key] };
      await keys.onModuleInit();
      const session = {
        id: randomUUID(),
        subject: randomUUID(),
        expiresAt: new Date(clock.now() + 3_600_000),
      };
      const issuer = new AccessTokenIssuer(keys, revocations, config, clock);
      const { accessToken, expiresIn } = await issuer.issue(session as Session, {
        roles: ['user', 'admin'],
        scopes: ['a:b', 'c:d'],
      });

      expect(expiresIn).toBe(900);
      expect(verifier.verify(accessToken)).toMatchObject({
        subject: session.subject,
        sessionId: session.id,
        roles: ['user', 'admin'],
        scopes: ['a:b', 'c:d'],
        expiresAt: clock.now() + 900_000,
      });
    });

    it('no roles and no scopes', () => {
      const principal = verifier.verify(withClaims({ roles: [], scope: '' }));

      expect(principal).toMatchObject({ roles: [], scopes: [] });
    });

    it('claims that a team adds', () => {
      expect(outcomeOf(withClaims({ tenant: { id: 1 } }))).toBe('accepted');
    });
  });

  describe('refuses the header', () => {
    it.each(['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null'])(
      'with alg %j, unsigned or signed',
      (alg) => {
        const [head = '', payload = '', signature = ''] = tokenOf({ header: { ...header(), alg } }).split(
          '.',
        );

        expect(outcomeOf(`${head}.${payload}.`)).toBe('AccessTokenInvalidError');
        expect(outcomeOf(`${head}.${payload}`)).toBe('AccessTokenInvalidError');
        expect(outcomeOf(`${head}.${payload}.${signature}`)).toBe('AccessTokenInvalidError');
      },
    );

    it.each(['es256', 'ES256 ', 'ES384', 'ES512', 'RS256', 'PS256', 'HS256', 'EdDSA'])(
      'with alg %j on a key that is for ES256',
      (alg) => {
        expect(outcomeOf(tokenOf({ header: { ...header(), alg } }))).toBe('AccessTokenInvalidError');
      },
    );

    it('that names RS256 for a key that is for PS256, signed so', () => {
      const signed = `${encode({ ...header(PS256), alg: 'RS256' })}.${encode(claims())}`;
      const signature = sign('sha256', Buffer.from(signed), PSS_PAIR.privateKey).toString('base64url');

      expect(outcomeOf(`${signed}.${signature}`)).toBe('AccessTokenInvalidError');
    });

    const publicKeyAs: [string, (key: KeyObject) => string | Buffer][] = [
      ['PEM', (key) => key.export({ format: 'pem', type: 'spki' })],
      [
        'PEM without its last line end',
        (key) => key.export({ format: 'pem', type: 'spki' }).toString().trim(),
      ],
      ['DER', (key) => key.export({ format: 'der', type: 'spki' })],
      ['JWK', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
    ];

    it.each(publicKeyAs)('that names HS256 with the public key as the secret, as %s', (_, secretOf) => {
      for (const [key, pair] of [
        [RS256, RSA_PAIR],
        [ES256, EC_PAIR],
      ] as const) {
        const signed = `${encode({ ...header(key), alg: 'HS256' })}.${encode(claims())}`;
        const mac = createHmac('sha256', secretOf(pair.publicKey)).update(signed).digest('base64url');
        expect(outcomeOf(`${signed}.${mac}`)).toBe('AccessTokenInvalidError');
      }
    });

    it.each([
      undefined,
      '',
      'JWT',
      'jwt',
      'AT+JWT',
      'at+JWT',
      'at+jwt ',
      'application/at+jwt',
      'rt+jwt',
      1,
      null,
      ['at+jwt'],
    ])('with typ %j', (typ) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), typ } }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      undefined,
      '',
      'unknown',
      '../../../dev/null',
      `' or '1'='1`,
      '__proto__',
      'constructor',
      'toString',
      0,
      null,
      {},
    ])('with kid %j', (kid) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), kid } }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      ['in a list', [ES256.kid]],
      ['in lower case', ES256.kid.toLowerCase()],
      ['with a space after', `${ES256.kid} `],
    ])('with its kid %s', (_, kid) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), kid } }))).toBe('AccessTokenInvalidError');
    });

    it('with the kid of a key that did not sign it', () => {
      const signed = `${encode(header(ES256))}.${encode(claims())}`;

      expect(outcomeOf(`${signed}.${signatureOf(signed, ES256).toString('base64url')}`)).toBe('accepted');
      expect(outcomeOf(`${signed}.${signatureOf(signed, RS256).toString('base64url')}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('with the kid of a key that is not ours, rightly signed', () => {
      expect(outcomeOf(tokenOf({ key: STRANGER }))).toBe('AccessTokenInvalidError');
      expect(outcomeOf(tokenOf({ key: STRANGER, header: header(ES256) }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      ['jwk', EC_PAIR.publicKey.export({ format: 'jwk' })],
      ['jku', 'https://attacker.example/jwks.json'],
      ['x5u', 'https://attacker.example/cert.pem'],
      ['x5c', ['AA']],
      ['x5t', 'AA'],
      ['crit', ['exp']],
      ['crit', []],
      ['b64', false],
      ['b64', true],
      ['zip', 'DEF'],
      ['cty', 'JWT'],
      ['exp', 1],
      ['nonce', ''],
    ])('with a further member: %s', (name, value) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), [name]: value } }))).toBe('AccessTokenInvalidError');
    });

    it('with a key of the attacker in it that verifies the signature', () => {
      const jwk = STRANGER_PAIR.publicKey.export({ format: 'jwk' });

      for (const { kid } of [STRANGER, ES256]) {
        const token = tokenOf({ key: STRANGER, header: { ...header(), kid, jwk } });
        expect(outcomeOf(token)).toBe('AccessTokenInvalidError');
      }
    });

    it.each([
      ['alg twice', () => `{"alg":"none",${JSON.stringify(header()).slice(1)}`],
      ['kid twice', () => `${JSON.stringify(header()).slice(0, -1)},"kid":"${ES256.kid}"}`],
      ['__proto__', () => `{"__proto__":{},${JSON.stringify(header()).slice(1)}`],
      ['white space', () => JSON.stringify(header()).replace(':', ': ')],
    ])('with %s', (_, text) => {
      expect(outcomeOf(tokenOf({ header: text() }))).toBe('AccessTokenInvalidError');
    });
  });

  describe('refuses claims', () => {
    it.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id', 'roles', 'scope'])(
      'without %s, or null',
      (name) => {
        expect(outcomeOf(withClaims({ [name]: undefined }))).toBe('AccessTokenInvalidError');
        expect(outcomeOf(withClaims({ [name]: null }))).toBe('AccessTokenInvalidError');
      },
    );

    it.each([
      ['iss', 'https://other.example.com'],
      ['iss', `${ISSUER}/`],
      ['iss', 'HTTPS://AUTH.EXAMPLE.COM'],
      ['iss', ''],
      ['iss', [ISSUER]],
      ['aud', 'https://other.example.com'],
      ['aud', `${AUDIENCE}/`],
      ['aud', ''],
      ['aud', [AUDIENCE]],
      ['aud', [AUDIENCE, 'https://other.example.com']],
      ['aud', { 0: AUDIENCE }],
      ['sub', ''],
      ['sub', 1],
      ['sub', ['someone']],
      ['sub', { toString: 'someone' }],
      ['sub', 'some one'],
      ['sub', 'a\r\nb'],
      ['sub', 'ä'],
      ['sub', 'x'.repeat(256)],
      ['jti', ''],
      ['jti', 1],
      ['jti', 'a\0b'],
      ['sid', ''],
      ['sid', 'session-1'],
      ['sid', SESSION.toUpperCase()],
      ['sid', 0],
      ['sid', true],
      ['client_id', ''],
      ['roles', 'user'],
      ['roles', ['user', 1]],
      ['roles', ['user', null]],
      ['roles', [['admin']]],
      ['roles', ['']],
      ['roles', ['admin ']],
      ['roles', ['a\nb']],
      ['roles', ['\ud800']],
      ['roles', { 0: 'admin', length: 1 }],
      ['scope', ['profile:read']],
      ['scope', 1],
      ['scope', ' '],
      ['scope', 'a  b'],
      ['scope', 'a\tb'],
      ['scope', 'ä'],
    ])('whose %s is %j', (name, value) => {
      expect(outcomeOf(withClaims({ [name]: value }))).toBe('AccessTokenInvalidError');
    });

    it.each(['exp', 'nbf', 'iat'])('whose %s is no whole number of seconds', (name) => {
      const { [name as 'exp']: good } = claims();
      for (const value of [String(good), `${good}e0`, good + 0.5, -good, 0, true, [good], {}, 2 ** 53]) {
        expect([value, outcomeOf(withClaims({ [name]: value }))]).toEqual([value, 'AccessTokenInvalidError']);
      }
      expect(outcomeOf(withClaims({ [name]: good }))).toBe('accepted');
    });

    it.each(['1e999', '-1e999', '1e3', '1.0', '-0', 'NaN', 'Infinity', '9007199254740993'])(
      'whose exp is written %s',
      (number) => {
        const payload = JSON.stringify(claims()).replace(/"exp":\d+/, `"exp":${number}`);

        expect(payload).toContain(`"exp":${number}`);
        expect(outcomeOf(tokenOf({ payload }))).toBe('AccessTokenInvalidError');
      },
    );

    it('that are there twice, in either order', () => {
      const text = JSON.stringify(claims());

      expect(outcomeOf(tokenOf({ payload: `{"sub":"admin",${text.slice(1)}` }))).toBe(
        'AccessTokenInvalidError',
      );
      expect(outcomeOf(tokenOf({ payload: `${text.slice(0, -1)},"sub":"admin"}` }))).toBe(
        'AccessTokenInvalidError',
      );
      expect(outcomeOf(tokenOf({ payload: text }))).toBe('accepted');
    });

    it('that are inherited: __proto__ gives nothing', () => {
      const { sub, ...rest } = claims();
      const payload = `{"__proto__":{"sub":"${sub}"},${JSON.stringify(rest).slice(1)}`;

      expect(outcomeOf(tokenOf({ payload }))).toBe('AccessTokenInvalidError');
    });

    it.each(['iat', 'nbf'])('whose %s is further ahead than clocks may differ', (name) => {
      expect(outcomeOf(withClaims({ [name]: now() + LEEWAY }))).toBe('accepted');
      expect(outcomeOf(withClaims({ [name]: now() + LEEWAY + 1 }))).toBe('AccessTokenInvalidError');
    });
  });

  describe('refuses the text', () => {
    it.each([
      ['a space before', (token: string) => ` ${token}`],
      ['a space after', (token: string) => `${token} `],
      ['a line end after', (token: string) => `${token}\n`],
      ['Bearer before', (token: string) => `Bearer ${token}`],
      ['a comma and more', (token: string) => `${token}, ${token}`],
      ['padding', (token: string) => `${token}==`],
      ['a trailing dot', (token: string) => `${token}.`],
      ['a part more', (token: string) => `${token}.AAAA`],
      ['nothing', () => ''],
      // 64 bytes leave four bits of the last character unused.
      ['stray bits at the end of the signature', (token: string) => otherSpelling(token)],
    ])('with %s', (_, change) => {
      const token = tokenOf();

      expect(change(token)).not.toBe(token);
      expect(outcomeOf(change(token))).toBe('AccessTokenInvalidError');
      expect(outcomeOf(token)).toBe('accepted');
      // Now that the good one is remembered, too.
      expect(outcomeOf(change(token))).toBe('AccessTokenInvalidError');
    });

    it('beyond 8191 characters, however well signed', () => {
      const fits = withClaims({ padding: 'x'.repeat(5600) });
      const tooLong = withClaims({ padding: 'x'.repeat(5800) });
      expect(fits.length).toBeLessThanOrEqual(8191);
      expect(tooLong.length).toBeGreaterThan(8191);

      expect(outcomeOf(fits)).toBe('accepted');
      expect(outcomeOf(tooLong)).toBe('AccessTokenInvalidError');
    });
  });

  describe('refuses the signature', () => {
    it.each([
      ['of zeros, with which any key once verified', Buffer.alloc(64)],
      ['of r = 0', Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])],
      ['of s = 0', Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)])],
      ['of r and s equal to the order of the curve', Buffer.concat([CURVE_ORDERS.ES256, CURVE_ORDERS.ES256])],
      ['of ones', Buffer.alloc(64, 0xff)],
      ['of one byte', Buffer.alloc(1, 1)],
      ['of another token', undefined],
    ])('%s', (_, bytes) => {
      const [head = '', payload = ''] = tokenOf().split('.');
      const signature = bytes ?? Buffer.from(withClaims({ jti: 'another' }).split('.')[2] ?? '', 'base64url');

      expect(outcomeOf(`${head}.${payload}.${signature.toString('base64url')}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('in DER, which JWS does not use', () => {
      const signed = `${encode(header())}.${encode(claims())}`;
      const der = sign('sha256', Buffer.from(signed), { key: EC_PAIR.privateKey, dsaEncoding: 'der' });

      expect(outcomeOf(`${signed}.${der.toString('base64url')}`)).toBe('AccessTokenInvalidError');
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('with any bit changed: %s', (_, key) => {
      const [head = '', payload = '', signature = ''] = tokenOf({ key }).split('.');
      const bytes = Buffer.from(signature, 'base64url');
      for (const position of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
        expect(outcomeOf(`${head}.${payload}.${changed.toString('base64url')}`)).toBe(
          'AccessTokenInvalidError',
        );
      }
    });

    it('when the payload was changed', () => {
      const [head = '', , signature = ''] = tokenOf().split('.');
      const forged = encode({ ...claims(), roles: ['admin'] });

      expect(outcomeOf(`${head}.${forged}.${signature}`)).toBe('AccessTokenInvalidError');
    });
  });

  describe('time', () => {
    it('ends a token exactly at exp, without leeway', () => {
      const token = tokenOf();
      clock.advance(900_000 - 1);
      expect(outcomeOf(token)).toBe('accepted');
      clock.advance(1);

      expect(() => verifier.verify(token)).toThrow(AccessTokenExpiredError);
    });

    it('ends a token that it sees for the first time', () => {
      const token = tokenOf();
      clock.advance(900_000);

      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
    });

    it('says that a token has expired only if it was a good one', () => {
      const [head = '', payload = ''] = tokenOf().split('.');
      const [, , otherSignature = ''] = withClaims({ jti: 'another' }).split('.');
      clock.advance(900_000);

      expect(outcomeOf(`${head}.${payload}.${otherSignature}`)).toBe('AccessTokenInvalidError');
    });

    it('opens a token of a clock that is ahead when its time has come', () => {
      const token = withClaims({ nbf: now() + LEEWAY + 1 });
      expect(outcomeOf(token)).toBe('AccessTokenInvalidError');
      clock.advance(1000);

      expect(outcomeOf(token)).toBe('accepted');
    });
  });

  describe('a token that was verified before', () => {
    function countSignatureChecks(): () => number {
      const check = jest.spyOn(ES256, 'verifySignature');
      return () => check.mock.calls.length;
    }

    it('is remembered: its signature is checked once', () => {
      const checks = countSignatureChecks();
      const token = tokenOf();

      expect(verifier.verify(token)).toBe(verifier.verify(token));
      expect(checks()).toBe(1);
    });

    it('is told from another by every character', () => {
      const token = tokenOf();
      verifier.verify(token);
      const [head, , signature] = token.split('.');

      expect(outcomeOf(`${head}.${encode({ ...claims(), sub: 'admin' })}.${signature}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('is refused on the very next call when it has expired', () => {
      const token = tokenOf();
      verifier.verify(token);
      clock.advance(900_000);

      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
    });

    it('is refused on the very next call when its session was revoked', async () => {
      const token = tokenOf();
      const ofOther = withClaims({ sid: OTHER_SESSION });
      verifier.verify(token);
      verifier.verify(ofOther);
      await revocations.announce([sessionRevocation(SESSION, clock.now() + 900_000)]);

      expect(() => verifier.verify(token)).toThrow(AccessTokenRevokedError);
      expect(outcomeOf(withClaims({ jti: 'another' }))).toBe('AccessTokenRevokedError');
      expect(outcomeOf(ofOther)).toBe('accepted');
    });

    it('is refused on the very next call when it cannot be known what is revoked', () => {
      const token = tokenOf();
      verifier.verify(token);
      jest.spyOn(revocations, 'isFresh', 'get').mockReturnValue(false);

      expect(() => verifier.verify(token)).toThrow(UnavailableError);
      expect(outcomeOf(tokenOf({ key: RS256 }))).toBe('UnavailableError');
    });

    it('waits for keys that are too old to trust to be read again', async () => {
      const token = tokenOf();
      const ofRemoved = tokenOf({ key: RS256 });
      source.set = { current: ES256, all: [ES256] };
      source.fresh = false;
      expect(outcomeOf(token)).toBe('UnavailableError');

      expect(await verifier.authenticate(token)).toMatchObject({ subject: 'someone' });
      expect(outcomeOf(ofRemoved)).toBe('AccessTokenInvalidError');
    });

    it('is refused on the very next call when its key was removed, and others are not', async () => {
      const token = tokenOf();
      const ofOther = tokenOf({ key: RS256 });
      verifier.verify(token);
      verifier.verify(ofOther);
      source.set = { current: RS256, all: [RS256] };
      await keys.onModuleInit();

      expect(() => verifier.verify(token)).toThrow(AccessTokenInvalidError);
      expect(outcomeOf(ofOther)).toBe('accepted');
    });

    it('does not come back when a revoked session’s token has a second valid signature', async () => {
      const token = tokenOf();
      const twin = withSecondSignature(token);
      expect(twin).not.toBe(token);
      expect([outcomeOf(token), outcomeOf(twin)]).toEqual(['accepted', 'accepted']);
      await revocations.announce([sessionRevocation(SESSION, clock.now() + 900_000)]);

      expect([outcomeOf(token), outcomeOf(twin)]).toEqual([
        'AccessTokenRevokedError',
        'AccessTokenRevokedError',
      ]);
    });
  });

  it('says nothing of why a token is not valid', () => {
    const messages = ['', tokenOf({ header: { ...header(), kid: 'unknown' } }), withClaims({ aud: 'x' })].map(
      (token) => {
        try {
          verifier.verify(token);
          return 'accepted';
        } catch (error) {
          return (error as Error).message;
        }
      },
    );

    expect(new Set(messages)).toEqual(new Set(['The access token is not valid.']));
  });
});

function signatureOf(signed: string, key: TokenKey): Buffer {
  return signJws(signed, key.alg, key === HS256 ? SECRET : privateKeyOf(key));
}

function privateKeyOf(key: TokenKey): KeyObject {
  const pairs = new Map([
    [ES256, EC_PAIR],
    [ES384, EC384_PAIR],
    [RS256, RSA_PAIR],
    [PS256, PSS_PAIR],
    [STRANGER, STRANGER_PAIR],
  ]);
  const pair = pairs.get(key);
  if (!pair) throw new Error(`There is no private key for ${key.kid}.`);
  return pair.privateKey;
}

/** The same bytes, spelled with another last character. */
function otherSpelling(token: string): string {
  const lastDot = token.lastIndexOf('.');
  return `${token.slice(0, lastDot)}.${withStrayBits(token.slice(lastDot + 1))}`;
}
