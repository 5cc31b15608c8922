import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { type User, USER_ROLE } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { CredentialStrategy } from './credential-strategy.js';

/** Roles that follow what a strategy says of an account. */
@Injectable()
export class ExternalRoles {
  private readonly logger = new Logger('Credentials');

  constructor(
    private readonly users: UsersRepository,
    private readonly revocations: RevocationService,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Access tokens with the roles of before die. A role that there is not, and the last administrator's, stay as they are; the
   * log says so.
   * @returns the user as they now are
   */
  async follow(
    user: User,
    roles: readonly string[],
    strategy: CredentialStrategy,
    client: ClientInfo,
  ): Promise<User> {
    const wanted = new Set([USER_ROLE, ...roles]);
    const granted = [...wanted].filter((role) => !user.roles.includes(role));
    const withdrawn = user.roles.filter((role) => !wanted.has(role));
    if (granted.length + withdrawn.length === 0) return user;
    const change = async (kind: 'granted' | 'withdrawn', role: string, transaction: Transaction) => {
      const done =
        kind === 'granted'
          ? await this.users.grantRole(user.id, role, transaction)
          : await this.users.withdrawRole(user.id, role, transaction);
      if (!done) return;
      const details = { role, strategy: strategy.name };
      const event = { actor: { kind: 'system' }, subject: user.id, client, details } as const;
      await this.audit.record({ type: `role.${kind}`, ...event }, transaction);
    };
    const changes = [
      ...granted.map((role) => ['granted', role] as const),
      ...withdrawn.map((role) => ['withdrawn', role] as const),
    ];
    try {
      for (const [kind, role] of changes)
        // oxlint-disable-next-line eslint/no-await-in-loop -- few, and seldom
        await this.unlessImpossible(strategy, role, (inside) => change(kind, role, inside));
    } finally {
      // Some may have been changed before one could not be.
      await this.revocations.revokeSubject(user.id);
    }
    return (await this.users.findById(user.id)) ?? user;
  }

  private async unlessImpossible(
    { name }: CredentialStrategy,
    role: string,
    change: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    try {
      await this.unitOfWork.run(change);
    } catch (error) {
      if (!(error instanceof LatchkeyError) || !['NOT_FOUND', 'LAST_ADMINISTRATOR'].includes(error.code))
        throw error;
      this.logger.warn(`The role ${role} does not follow the credential strategy ${name}: ${error.message}`);
    }
  }
}
