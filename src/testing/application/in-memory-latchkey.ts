import { randomBytes } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { type Clock, SystemClock } from '../../common/clock.js';
import type { LatchkeySettings } from '../../config/latchkey-settings.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import { IssuerKeys } from '../issuer/issuer-keys.js';
import type { InMemoryOneTimeTokensRepository } from '../memory/in-memory-one-time-tokens.repository.js';
import { InMemoryRevocationStore } from '../memory/in-memory-revocation-store.js';
import type { InMemorySessionsRepository } from '../memory/in-memory-sessions.repository.js';
import type { InMemoryUsersRepository } from '../memory/in-memory-users.repository.js';
import { SigningKeySource } from '../../tokens/keys/signing-key-source.js';
import type { InMemoryStores } from './in-memory-stores.js';
import type { KeptAuditEvents } from './kept-audit-events.js';
import type { KeptMails } from './kept-mails.js';

/** How an application that keeps all in memory differs from the default one. */
export interface InMemoryLatchkeyOptions {
  /** By which everything in it happens, e.g. a `FakeClock`. Default: the system's. */
  readonly clock?: Clock;
  /** Whose tokens it takes, and with whose keys it signs. Default: keys of its own. */
  readonly issuer?: TestIssuer;
}

/** What `LatchkeyModule.forRoot` is given: settings, and what stands in for a database. */
export interface InMemoryModuleOptions extends LatchkeySettings {
  /** What stands in for everything that asks a database, or takes long. */
  readonly providers: readonly Provider[];
  /** A test makes the users it needs. */
  readonly initialAdmin: false;
}

/** That of forward-auth is none unless it is set. */
type Limit = Extract<keyof LatchkeySettings, `${string}RateLimit`>;

/** All requests of a test come from one address. */
const NO_LIMIT = '1000000/1s';
const UNLIMITED = {
  loginRateLimit: NO_LIMIT,
  registerRateLimit: NO_LIMIT,
  refreshRateLimit: NO_LIMIT,
  forgotRateLimit: NO_LIMIT,
  resetRateLimit: NO_LIMIT,
  verifyRateLimit: NO_LIMIT,
  resendRateLimit: NO_LIMIT,
  reauthenticationRateLimit: NO_LIMIT,
  credentialRateLimit: NO_LIMIT,
  oauthRateLimit: NO_LIMIT,
  oauthClientRateLimit: NO_LIMIT,
  oauthSecretRateLimit: NO_LIMIT,
  mailRateLimit: NO_LIMIT,
} satisfies Record<Exclude<Limit, 'forwardAuthRateLimit'>, string>;

/**
 * An application under test that keeps everything in memory: it opens no database, no file and no connection, hashes passwords in no
 * time, and limits no requests. Its routes and rules are those of production.
 *
 * @example
 * const memory = await InMemoryLatchkey.create();
 * const module = await Test.createTestingModule({
 *   imports: [LatchkeyModule.forRoot(memory.options)],
 * }).compile();
 * const link = await memory.mails.link('ada@example.com', 'password-reset');
 */
export class InMemoryLatchkey {
  private constructor(
    private readonly stores: InMemoryStores,
    /**
     * For `LatchkeyModule.forRoot`; a team's own settings and providers come after them:
     * `{ ...memory.options, appName: 'Shop', providers: [...memory.options.providers, ShopUsers] }`
     */
    readonly options: InMemoryModuleOptions,
  ) {}

  /** One application's memory, empty. */
  static async create({
    clock = new SystemClock(),
    issuer,
  }: InMemoryLatchkeyOptions = {}): Promise<InMemoryLatchkey> {
    const { InMemoryStores } = await import('./in-memory-stores.js');
    const { inMemoryProviders } = await import('./in-memory-providers.js');
    const stores = new InMemoryStores(clock, issuer?.revocations ?? new InMemoryRevocationStore());
    const signing = issuer?.providers ?? [
      { provide: SigningKeySource, useValue: await IssuerKeys.generate(['ES256']) },
    ];
    return new InMemoryLatchkey(stores, {
      nodeEnv: 'test',
      appSecret: randomBytes(32).toString('base64'),
      ...UNLIMITED,
      ...(issuer && { publicUrl: issuer.url, audience: issuer.audience }),
      initialAdmin: false,
      providers: [...inMemoryProviders(stores), ...signing],
    });
  }

  /** Its users. */
  get users(): InMemoryUsersRepository {
    return this.stores.users;
  }

  /** Its sessions. */
  get sessions(): InMemorySessionsRepository {
    return this.stores.sessions;
  }

  /** What it has revoked. */
  get revocations(): InMemoryRevocationStore {
    return this.stores.revocations;
  }

  /** The one-time tokens that it has issued, hashed. */
  get oneTimeTokens(): InMemoryOneTimeTokensRepository {
    return this.stores.oneTimeTokens;
  }

  /** What it has sent. */
  get mails(): KeptMails {
    return this.stores.mails;
  }

  /** What its audit log holds. */
  get audit(): KeptAuditEvents {
    return this.stores.audit;
  }
}
