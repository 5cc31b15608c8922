import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../audit/audit-sink.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { EmailTakenError } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';

const INITIAL_ADMIN_EMAIL = 'admin@latchkey.local';
/** 144 bits. */
const PASSWORD_BYTES = 18;

export interface InitialAdmin {
  readonly email: string;
  /** Shown once; must be changed at its first use. Only its hash is kept. */
  readonly password: string;
}

/** Puts the one-time password where it outlives the start. */
export interface InitialAdminKeeper {
  /** Before the account is made: if it fails there is none. */
  prepare(admin: InitialAdmin): void;
  /** The account is made. */
  keep(): void;
  /** The account was not made, or another process made it. */
  discard(): void;
}

/** On the first start there is no default account: an administrator is made with a random one-time password. */
@Injectable()
export class InitialAdminService {
  private readonly logger = new Logger('InitialAdmin');

  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @returns what to tell the operator; undefined if there is an administrator, whichever process made it */
  async ensure(keeper?: InitialAdminKeeper): Promise<InitialAdmin | undefined> {
    if (await this.users.hasAdmin()) return undefined;
    const admin = { email: INITIAL_ADMIN_EMAIL, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
    keeper?.prepare(admin);
    let created = false;
    try {
      created = await this.create(admin);
    } finally {
      if (created) keeper?.keep();
      else keeper?.discard();
    }
    return created ? admin : undefined;
  }

  private async create({ email, password }: InitialAdmin): Promise<boolean> {
    try {
      const passwordHash = await this.hasher.hash(password);
      return await this.unitOfWork.run(async (transaction) => {
        const user = await this.users.createInitialAdmin(email, passwordHash, transaction);
        if (!user) return false;
        const event = { type: 'admin.created', actor: { kind: 'system' }, subject: user.id } as const;
        await this.audit.record({ ...event, client: null }, transaction);
        return true;
      });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      this.logger.warn(`There is no administrator, and ${email} is taken by someone who is none.`);
      return false;
    }
  }
}
