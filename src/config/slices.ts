import type { KeyObject } from 'node:crypto';
import type { REGISTRATION_MODES } from './account-environment.js';
import type { LOG_LEVELS, SIGNING_ALGS } from './environment.js';
import type { MailSenderAddress, MailServer } from './mail-url.js';
import type { Quota } from './rules.js';

export type SigningAlg = (typeof SIGNING_ALGS)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Each slice is a class, so that it is its own injection token; all are frozen. Durations are milliseconds. */
export abstract class AppConfig {
  /** What people call the service. */
  abstract readonly name: string;
  abstract readonly production: boolean;
  abstract readonly logLevel: LogLevel;
  /** Absolute path. */
  abstract readonly dataDir: string;
}

/** Where the server listens, what it is called by, and whom it believes. */
export abstract class HttpConfig {
  abstract readonly host: string;
  /** 0 picks a free one. */
  abstract readonly port: number;
  /** Without a trailing slash. */
  abstract readonly publicUrl: string;
  /** What Fastify's `trustProxy` takes: false, a hop count, or addresses. */
  abstract readonly trustProxy: false | number | string;
  abstract readonly corsOrigins: readonly string[];
  /** Serve Swagger UI and the OpenAPI document. */
  abstract readonly docs: boolean;
}

/** Where the database is. */
export abstract class DatabaseConfig {
  /** Undefined: embedded PGlite in `directory`. */
  abstract readonly url: string | undefined;
  abstract readonly poolMax: number;
  abstract readonly directory: string;
  /** The PostgreSQL schema of every table; undefined: `public` if an installation is found there, else `latchkey`. */
  abstract readonly schema?: string | undefined;
}

/** Where Redis is, if there is one. */
export abstract class RedisConfig {
  abstract readonly url: string | undefined;
}

/** Keys, access tokens, sessions and their times. */
export abstract class TokensConfig {
  /** Root of derived keys. */
  abstract readonly appSecret: KeyObject;
  /** Still accepted, never used anew. */
  abstract readonly appSecretPrevious: KeyObject | undefined;
  abstract readonly issuer: string;
  abstract readonly audience: string;
  abstract readonly signingAlg: SigningAlg;
  /** PEM files; empty: keys live in the database. */
  abstract readonly signingKeyFiles: readonly string[];
  abstract readonly jwtSecret: KeyObject | undefined;
  abstract readonly accessTokenTtl: number;
  abstract readonly refreshTokenTtl: number;
  abstract readonly sessionMaxAge: number;
  /** Beyond it a login ends the session used longest ago; undefined: no limit. */
  abstract readonly sessionsPerUser: number | undefined;
  abstract readonly refreshGrace: number;
  /** How long a key of the database signs. */
  abstract readonly signingKeyRotation: number;
  /** How far ahead another instance's clock may be. Expiry is never stretched. */
  abstract readonly clockLeeway: number;
  /** How old the knowledge of what is revoked may be before no one is let in. */
  abstract readonly revocationMaxStaleness: number;
  /** `store` asks the store on every request, too. */
  abstract readonly revocationCheck: 'memory' | 'store';
  abstract readonly sessionStore: 'database' | 'redis';
}

/** How mails are sent, in whose name, and in which language. */
export abstract class MailConfig {
  /** Undefined: mails are written into `directory`. */
  abstract readonly server: MailServer | undefined;
  abstract readonly from: MailSenderAddress;
  /** BCP 47; for those who ask for none that there is. */
  abstract readonly language: string;
  abstract readonly directory: string;
  /** How long mails in `directory` are kept: as long as the links in them may be good. */
  abstract readonly fileLifetime: number;
}

/** How passwords are hashed, and which may be chosen. */
export abstract class PasswordsConfig {
  abstract readonly algorithm: 'bcrypt' | 'argon2id';
  abstract readonly bcryptCost: number;
  abstract readonly workers: number;
  /** Characters. */
  abstract readonly minLength: number;
  /** Asked whether a password is known from a breach. */
  abstract readonly breached: {
    /** Undefined: no service is asked. */
    readonly url: string | undefined;
    readonly timeout: number;
    /** What becomes of a password if there is no answer. */
    readonly onFailure: 'allow' | 'refuse';
  };
}

/** Per client address. */
export abstract class ThrottlingConfig {
  abstract readonly login: Quota;
  abstract readonly register: Quota;
  abstract readonly refresh: Quota;
  abstract readonly forgot: Quota;
  abstract readonly reset: Quota;
  abstract readonly verify: Quota;
  abstract readonly resend: Quota;
  /** Routes that ask a bearer for the password again. */
  abstract readonly reauthentication: Quota;
}

/** Wrong passwords of one account, from wherever they come. */
export abstract class AccountThrottlingConfig {
  /** How many cost nothing; after these each doubles the wait. */
  abstract readonly failures: number;
  /** The longest wait, and how long it takes until one failure is forgotten. */
  abstract readonly delayMax: number;
  /** How long a device is known after its last login. */
  abstract readonly knownDeviceTtl: number;
}

/** Who may have an account, and what those may do who have not proved their address. */
export abstract class RegistrationConfig {
  abstract readonly mode: (typeof REGISTRATION_MODES)[number];
  /** Undefined: all of their roles' scopes, and the roles. For other services and a team's own routes. */
  abstract readonly unverifiedScopes: readonly string[] | undefined;
  abstract readonly invitationTtl: number;
}

/** How long it counts that the user has shown a password. */
export abstract class AuthenticationConfig {
  /** How long a password that was made for the first administrator can be used. */
  abstract readonly initialPasswordTtl: number;
  /** What may have passed since who ends other sessions showed the password; undefined: any time. */
  abstract readonly maxAge: number | undefined;
}

/** One-time tokens, and the mails that bring them. */
export abstract class OneTimeTokensConfig {
  /** Of a password reset. */
  abstract readonly resetTtl: number;
  /** Of an e-mail verification and of an e-mail change. */
  abstract readonly verificationTtl: number;
  /** No second mail of the same kind goes to an address sooner; 0: no such limit. */
  abstract readonly mailMinInterval: number;
}

/** How long the audit log is kept. */
export abstract class AuditConfig {
  /** How long audit events are kept. */
  abstract readonly retention: number;
}

/** All slices. What `ConfigModule.forRoot` takes; made from the environment by `loadConfig`. */
export interface LatchkeyConfig {
  readonly app: AppConfig;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly redis: RedisConfig;
  readonly tokens: TokensConfig;
  readonly mail: MailConfig;
  readonly passwords: PasswordsConfig;
  readonly throttling: ThrottlingConfig;
  readonly registration: RegistrationConfig;
  readonly authentication: AuthenticationConfig;
  readonly oneTimeTokens: OneTimeTokensConfig;
  readonly accountThrottling: AccountThrottlingConfig;
  readonly audit: AuditConfig;
}
