import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../audit/audit-sink.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { EmailTakenError } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';

/** The first administrator's account, with its one-time password. */
export interface InitialAdmin {
  readonly email: string;
  /** Shown once; must be changed at its first use. Only its hash is kept. */
  readonly password: string;
  /** It opens nothing from then on. */
  readonly expiresAt: Date;
}

/** The account of the first administrator, with a one-time password. */
@Injectable()
export class InitialAdminAccount {
  private readonly logger = new Logger('InitialAdmin');

  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Of several processes at once one does. */
  async replacePassword(
    user: User,
    { password, expiresAt }: InitialAdmin,
    by: 'system' | 'operator',
  ): Promise<boolean> {
    const replacement = { passwordHash: await this.hasher.hash(password), passwordExpiresAt: expiresAt };
    return this.unitOfWork.run(async (transaction) => {
      if (!(await this.users.replaceInitialPassword(user, replacement, transaction))) return false;
      const event = { type: 'admin.password_renewed', actor: { kind: by }, subject: user.id } as const;
      await this.audit.record({ ...event, client: null }, transaction);
      await this.sessions.end({ subject: user.id, reason: 'ended_by_admin', within: transaction });
      return true;
    });
  }

  /** @returns whether it was made: not if there is an administrator, or the address is taken */
  async create({ email, password, expiresAt }: InitialAdmin): Promise<boolean> {
    try {
      const admin = { email, passwordHash: await this.hasher.hash(password), passwordExpiresAt: expiresAt };
      return await this.unitOfWork.run(async (transaction) => {
        const user = await this.users.createInitialAdmin(admin, transaction);
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
