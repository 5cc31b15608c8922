import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { Measurements } from '../../src/common/measurements.js';
import type { TokensConfig } from '../../src/config/config.js';
import { LocalPushChannel } from '../../src/push/local-push-channel.js';
import { AccessTokenVerifier } from '../../src/tokens/access/access-token-verifier.js';
import { BoundTokens } from '../../src/access/proofs/bound-tokens.js';
import { DpopProofs } from '../../src/tokens/proofs/dpop-proofs.js';
import { ProofNonces } from '../../src/tokens/proofs/proof-nonces.js';
import { ReplayMemory } from '../../src/tokens/proofs/replay-memory.js';
import { OwnVerificationRules } from '../../src/tokens/access/own-verification-rules.js';
import { type SigningKeySet, SigningKeySource } from '../../src/tokens/keys/signing-key-source.js';
import { SigningKeys } from '../../src/tokens/keys/signing-keys.js';
import { TokenKey } from '../../src/tokens/keys/token-key.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import { ManualClock } from '../integration/manual-clock.js';
import { HeldRevocations } from './held-revocations.js';
import { encodePart, signJws } from './jws.js';
import { testConfig } from './test-config.js';
import { readAnew } from './read-anew.js';

const SECRET = createSecretKey(randomBytes(32));
export const EC_PAIR = readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
const EC384_PAIR = readAnew(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }));
export const RSA_PAIR = readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }));
export const PSS_PAIR = readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }));
export const STRANGER_PAIR = readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));

export const ES256 = TokenKey.asymmetric(EC_PAIR.privateKey, 'ES256');
const ES384 = TokenKey.asymmetric(EC384_PAIR.privateKey, 'ES384');
export const RS256 = TokenKey.asymmetric(RSA_PAIR.privateKey, 'RS256');
export const PS256 = TokenKey.asymmetric(PSS_PAIR.privateKey, 'PS256');
const HS256 = TokenKey.sharedSecret(SECRET);
/** Not a key of ours. */
export const STRANGER = TokenKey.asymmetric(STRANGER_PAIR.privateKey, 'ES256');
export const ALL = [ES256, ES384, RS256, PS256, HS256];

export const ISSUER = 'https://auth.example.com';
export const AUDIENCE = 'https://api.example.com';
/** Seconds. */
export const LEEWAY = 5;
export const SESSION = '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b01';

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

interface UnderTest {
  clock: ManualClock;
  source: HeldKeys;
  keys: SigningKeys;
  revocations: RevocationList;
  config: TokensConfig;
  verifier: AccessTokenVerifier;
  bound: BoundTokens;
}

/** A new verifier for each test of a spec, that takes tokens of `ALL` keys. */
export const underTest = {} as UnderTest;

/** To be called by a spec. */
export function verifyAnew(): void {
  beforeEach(async () => {
    const clock = new ManualClock();
    const config = testConfig('unused', { PUBLIC_URL: ISSUER, AUDIENCE, ACCESS_TOKEN_TTL: '15m' }).tokens;
    const source = new HeldKeys({ current: ES256, all: ALL });
    const keys = new SigningKeys(source, clock);
    await keys.onModuleInit();
    const store = new HeldRevocations();
    const revocations = new RevocationList(store, new LocalPushChannel(), config, clock, new Measurements());
    await revocations.onModuleInit();
    const rules = new OwnVerificationRules(config);
    const verifier = new AccessTokenVerifier(keys, revocations, rules, clock);
    const nonces = new ProofNonces(createSecretKey(Buffer.alloc(32, 7)), clock);
    const bound = new BoundTokens(verifier, new DpopProofs(new ReplayMemory(clock), clock, nonces), rules);
    Object.assign(underTest, { clock, config, source, keys, revocations, verifier, bound });
  });

  afterEach(() => {
    underTest.revocations.onApplicationShutdown();
    jest.restoreAllMocks();
  });
}

/** Seconds. */
export const now = () => underTest.clock.now() / 1000;

export const header = (key = ES256) => ({ alg: key.alg as string, typ: 'at+jwt', kid: key.kid });

export const claims = () => ({
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
export function tokenOf(parts: { header?: unknown; payload?: unknown; key?: TokenKey } = {}): string {
  const { key = ES256 } = parts;
  const protectedHeader = encodePart(parts.header ?? header(key));
  const signed = `${protectedHeader}.${encodePart(parts.payload ?? claims())}`;
  return `${signed}.${signatureOf(signed, key).toString('base64url')}`;
}

export function withClaims(changes: Record<string, unknown>): string {
  return tokenOf({ payload: { ...claims(), ...changes } });
}

/** `accepted`, or the name of the error. */
export function outcomeOf(token: string): string {
  try {
    underTest.verifier.verify(token);
    return 'accepted';
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

export function signatureOf(signed: string, key: TokenKey): Buffer {
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
