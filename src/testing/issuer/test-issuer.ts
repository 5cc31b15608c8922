import { randomUUID } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { type Clock, SystemClock, toNumericDate } from '../../common/clock.js';
import { PushChannel } from '../../push/push-channel.js';
import { ACCESS_TOKEN_TYPE } from '../../tokens/keys/access-token-type.js';
import type { AsymmetricAlg } from '../../tokens/keys/signing-algorithm.js';
import { SigningKeySource } from '../../tokens/keys/signing-key-source.js';
import type { Revocation } from '../../tokens/revocation/revocation.js';
import { RevocationStore } from '../../tokens/revocation/revocation-store.js';
import { millisecondsOf } from '../fake-clock.js';
import { InMemoryRevocationStore } from '../memory/in-memory-revocation-store.js';
import { IssuerKeys } from './issuer-keys.js';
import { IssuerPush } from './issuer-push.js';
import { IssuerServer } from './issuer-server.js';
import type { TestToken } from './test-token.js';
import { claimsOf, tokenText } from './token-text.js';

const LIFETIME = '15m';
const MINUTE = 60_000;
/** Longer than any token of a test lives. */
const DAY = 86_400_000;

/** How an issuer of tests differs from the default one. */
export interface TestIssuerOptions {
  /** `aud` of its tokens. Default: its `url`. */
  readonly audience?: string;
  /** A key of each is published, and the first signs unless a token asks for another. Default: ES256. */
  readonly algorithms?: readonly [AsymmetricAlg, ...AsymmetricAlg[]];
  /** By which tokens are issued. Default: the system's. */
  readonly clock?: Clock;
}

/** Which tokens die: one by its text, those of a session, or those of a subject issued until now. */
export type RevokedTokens = string | { readonly sessionId: string } | { readonly subject: string };

/**
 * Issues access tokens (RFC 9068) for tests, without a server of Latchkey and without users: signed, and accepted by the
 * same verifier as those of production. It serves its keys and its metadata on the loopback.
 *
 * @example
 * const issuer = await TestIssuer.start({ audience: 'https://api.example.com' });
 * const token = issuer.token({ subject: 'ada', roles: ['admin'], scopes: ['invoices:read'] });
 * await issuer.close();
 */
export class TestIssuer {
  /** What it has revoked. */
  readonly revocations = new InMemoryRevocationStore();
  private readonly push = new IssuerPush();
  /** By subject: the `iat` that tokens must bear to live, milliseconds. */
  private readonly earliest = new Map<string, number>();

  private constructor(
    private readonly server: IssuerServer,
    private readonly keys: IssuerKeys,
    private readonly clock: Clock,
    /** `aud` of its tokens. */
    readonly audience: string,
  ) {}

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    const keys = await IssuerKeys.generate(options.algorithms ?? ['ES256']);
    const server = await IssuerServer.start((url) => documentsOf(url, keys));
    return new TestIssuer(server, keys, options.clock ?? new SystemClock(), options.audience ?? server.url);
  }

  /** `iss` of its tokens; below it are `/.well-known/jwks.json`, `oauth-authorization-server` and `openid-configuration`. */
  get url(): string {
    return this.server.url;
  }

  /**
   * Providers by which an application that has Latchkey's modules takes these tokens, and signs with the same keys. Its
   * `PUBLIC_URL` and `AUDIENCE` are to be this issuer's.
   */
  get providers(): Provider[] {
    return [
      { provide: SigningKeySource, useValue: this.keys },
      { provide: RevocationStore, useValue: this.revocations },
      { provide: PushChannel, useValue: this.push },
    ];
  }

  /**
   * @returns a signed access token, good unless what it is to say spoils it
   * @throws TypeError if the issuer has no key of the algorithm, or a duration is none
   */
  token(token: TestToken = {}): string {
    const { algorithm = this.keys.first } = token;
    const isForgedByAlgorithm = algorithm === 'none' || algorithm === 'HS256';
    const keyAlg = isForgedByAlgorithm ? this.keys.first : algorithm;
    const own = this.keys.of(keyAlg);
    const header = { alg: algorithm, typ: ACCESS_TOKEN_TYPE, kid: own.key.kid, ...token.header };
    const signer = token.forged ? this.keys.strangerTo(keyAlg) : own;
    return tokenText(header, { ...this.claimsFor(token), ...token.claims }, algorithm, signer);
  }

  /** Applications with this issuer's `providers` refuse them from the moment this resolves. */
  async revoke(which: RevokedTokens): Promise<void> {
    const recorded = await this.revocations.add(this.revocationOf(which));
    if (recorded.kind === 'subject') this.earliest.set(recorded.id, recorded.issuedBefore?.getTime() ?? 0);
    this.push.tell(recorded);
  }

  /** Stops answering. Tokens stay as they are. */
  async close(): Promise<void> {
    await this.server.close();
  }

  private claimsFor(token: TestToken): Record<string, unknown> {
    const { subject = 'test-user', roles = [], scopes = [] } = token;
    return {
      iss: token.issuer ?? this.url,
      sub: subject,
      aud: token.audience ?? this.audience,
      ...this.timesOf(token, subject),
      jti: token.tokenId ?? randomUUID(),
      sid: token.sessionId ?? randomUUID(),
      client_id: token.clientId ?? 'latchkey',
      roles,
      scope: scopes.join(' '),
    };
  }

  private timesOf(
    { expiresIn = LIFETIME, issuedAgo, expired }: TestToken,
    subject: string,
  ): Record<'exp' | 'nbf' | 'iat', number> {
    const life = millisecondsOf(expiresIn);
    const ago = millisecondsOf(issuedAgo ?? (expired ? life + MINUTE : 0));
    const issued = this.clock.now() - ago;
    // In whole seconds: one issued after a revocation, in the same second, bears the next.
    const earliest = ago === 0 ? (this.earliest.get(subject) ?? 0) : 0;
    return {
      exp: toNumericDate(issued + life),
      nbf: toNumericDate(issued),
      iat: toNumericDate(Math.max(issued, earliest)),
    };
  }

  private revocationOf(which: RevokedTokens): Revocation {
    const expiresAt = new Date(this.clock.now() + DAY);
    if (typeof which === 'string') {
      return { kind: 'token', id: String(claimsOf(which)['jti']), issuedBefore: null, expiresAt };
    }
    if ('sessionId' in which) {
      return { kind: 'session', id: which.sessionId, issuedBefore: null, expiresAt };
    }
    const issuedBefore = new Date((toNumericDate(this.clock.now()) + 1) * 1000);
    return { kind: 'subject', id: which.subject, issuedBefore, expiresAt };
  }
}

function documentsOf(url: string, keys: IssuerKeys): ReadonlyMap<string, object> {
  const jwksPath = '/.well-known/jwks.json';
  const metadata = {
    issuer: url,
    jwks_uri: `${url}${jwksPath}`,
    response_types_supported: [],
    grant_types_supported: [],
  };
  return new Map<string, object>([
    [jwksPath, keys.jwks],
    ['/.well-known/oauth-authorization-server', metadata],
    ['/.well-known/openid-configuration', metadata],
  ]);
}
