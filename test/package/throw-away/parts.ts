import { generateKeyPairSync, sign } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  AuthEvents,
  CredentialStrategies,
  CredentialStrategy,
  type LatchkeyComposition,
  PasswordHasher,
  UsersRepository,
} from 'latchkey';
import { ApiKeys, ApiKeyTable } from '../../docs/examples/api-keys.js';
import { Directory, type DirectoryOptions } from '../../docs/examples/directory.js';
import { withoutEmailChange } from '../../docs/examples/flow-left-out.js';
import { mailsBy } from '../../docs/examples/http-mailer.js';
import { Kms, keysIn } from '../../docs/examples/kms-signing-keys.js';
import { ourGuards } from '../../docs/examples/own-guards.js';
import { officeLimits } from '../../docs/examples/own-limits.js';
import { ourPolicy } from '../../docs/examples/password-policy.js';
import { scryptPasswords } from '../../docs/examples/scrypt-passwords.js';
import { shippedAudit, Shipper } from '../../docs/examples/shipped-audit-sink.js';
import { usersInSqlite } from '../../docs/examples/sqlite-users-application.js';
import { tenantClaims } from '../../docs/examples/tenant-claims.js';
import { Authenticators, totpFor } from '../../docs/examples/totp-gate.js';

class MemoryKms extends Kms {
  readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  publicKey(): Promise<string> {
    return Promise.resolve(this.pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  }

  sign(_name: string, input: Buffer): Promise<Uint8Array> {
    return Promise.resolve(sign('sha256', input, this.pair.privateKey));
  }
}

/** Those whose users have the app are told by their ids. */
class MemoryAuthenticators extends Authenticators {
  readonly users = new Set<string>();
  private readonly steps = new Map<string, number>();

  secretOf(user: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.users.has(user) ? Buffer.from('12345678901234567890') : undefined);
  }

  use(user: string, step: number): Promise<boolean> {
    const isNew = step > (this.steps.get(user) ?? 0);
    if (isNew) this.steps.set(user, step);
    return Promise.resolve(isNew);
  }
}

/** Whom the application's own listener was told of; another one throws at each event. */
@Injectable()
export class Listeners {
  readonly told: string[] = [];

  constructor(events: AuthEvents) {
    events.onAny(() => {
      throw new Error('A listener that throws harms no request.');
    });
    events.onAny(({ type }) => this.told.push(type));
  }
}

/** What the application looks into, or says something to. */
export class Seams {
  readonly kms = new MemoryKms();
  readonly authenticators = new MemoryAuthenticators();
  readonly shipper = new Shipper();
  readonly keys = new ApiKeyTable();

  /** @param directory where there is a server */
  constructor(readonly directory: DirectoryOptions | undefined) {}

  get credentials(): CredentialStrategy {
    const keys = new ApiKeys(this.keys);
    return new CredentialStrategies(this.directory ? [keys, new Directory(this.directory)] : [keys]);
  }
}

/** Every part replaced, by the examples of docs/extending.md. */
export function everyPart(seams: Seams, mailService: string): LatchkeyComposition {
  const examples = [
    scryptPasswords,
    ourPolicy,
    ourGuards,
    officeLimits,
    tenantClaims,
    shippedAudit,
    keysIn(seams.kms),
    totpFor(seams.authenticators),
    usersInSqlite(':memory:'),
    mailsBy(mailService),
  ];
  return {
    ...withoutEmailChange,
    providers: [
      ...examples.flatMap(({ providers = [] }) => providers),
      { provide: Shipper, useValue: seams.shipper },
      { provide: CredentialStrategy, useFactory: () => seams.credentials },
    ],
  };
}

/** Where the parts are seen at work, for the answers of a controller. */
@Injectable()
export class Hashes {
  constructor(
    private readonly users: UsersRepository,
    readonly hasher: PasswordHasher,
  ) {}

  async kindOf(email: string): Promise<string> {
    const user = await this.users.findByEmail(email);
    return `${user?.passwordHash.split('$')[1]} in ${this.users.constructor.name}`;
  }
}
