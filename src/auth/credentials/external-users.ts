import { Injectable } from '@nestjs/common';
import type { AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { ConflictError } from '../../common/errors/latchkey-error.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { IdentityLinks } from '../../users/identity-links.js';
import { noPassword, type User, USER_ROLE } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { OwnFields } from '../fields/own-fields.js';
import type { CredentialStrategy, ExternalAccount } from './credential-strategy.js';
import { AccountNotLinkedError } from './credential.errors.js';

/** Another login of the same account was faster. */
class LinkTakenError extends Error {}

/** What may come of it that another login of the account made the user since the link was looked for. */
const OUTRUN = [LinkTakenError, EmailTakenError, AccountNotLinkedError];

/** The users of accounts that are kept elsewhere. */
@Injectable()
export class ExternalUsers {
  constructor(
    private readonly users: UsersRepository,
    private readonly links: IdentityLinks,
    private readonly fields: OwnFields,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Of an account whose password was right; made if there is none.
   * @throws AccountNotLinkedError if none may be, or the address is that of another
   */
  async of(strategy: CredentialStrategy, account: ExternalAccount, client: ClientInfo): Promise<User> {
    const linked = await this.linked(strategy, account);
    if (linked) return linked;
    try {
      return await this.join(strategy, account, client);
    } catch (error) {
      if (!OUTRUN.some((kind) => error instanceof kind)) throw error;
      const meanwhile = await this.linked(strategy, account);
      if (meanwhile) return meanwhile;
      throw error instanceof AccountNotLinkedError
        ? error
        : new ConflictError('The account was changed by another request just now.');
    }
  }

  private async linked({ name }: CredentialStrategy, account: ExternalAccount): Promise<User | undefined> {
    const id = await this.links.find(name, account.id);
    if (id === undefined) return undefined;
    const user = await this.users.findById(id);
    if (!user) throw new AccountNotLinkedError('NO_ACCOUNT');
    return user;
  }

  private async join(
    strategy: CredentialStrategy,
    account: ExternalAccount,
    client: ClientInfo,
  ): Promise<User> {
    const owner = await this.users.findByEmail(account.email);
    if (owner) return this.takeOver(owner, strategy, account, client);
    if (strategy.firstLogin === 'refuse') throw new AccountNotLinkedError('NO_ACCOUNT');
    const { email, name = null, emailVerified = false, fields = {} } = account;
    const beginning = this.fields.beginning(fields);
    const wish = { email, name, emailVerified, passwordHash: noPassword(), roles: [USER_ROLE] };
    return this.unitOfWork.run(async (transaction) => {
      const user = await this.fields.createUser(wish, beginning, transaction);
      await this.record('user.registered', user, strategy, client, transaction);
      await this.link(user, strategy, account, client, transaction);
      return user;
    });
  }

  /** Only where both have proved the address: who registers another's address does not get their account, nor the other way round. */
  private async takeOver(
    user: User,
    strategy: CredentialStrategy,
    account: ExternalAccount,
    client: ClientInfo,
  ): Promise<User> {
    const isProved = account.emailVerified && user.emailVerifiedAt && !user.disabledAt;
    if (!strategy.linksByEmail || !isProved) throw new AccountNotLinkedError('ACCOUNT_NOT_LINKED');
    const passwordHash = noPassword();
    await this.unitOfWork.run(async (transaction) => {
      const replacement = { passwordHash, passwordChangeRequired: false };
      if (!(await this.users.replacePassword(user.id, user.passwordHash, replacement, transaction)))
        throw new LinkTakenError();
      await this.link(user, strategy, account, client, transaction);
    });
    return { ...user, passwordHash, passwordChangeRequired: false, passwordExpiresAt: null };
  }

  private async link(
    user: User,
    strategy: CredentialStrategy,
    account: ExternalAccount,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const createdAt = new Date(this.clock.now());
    const link = { strategy: strategy.name, externalId: account.id, subject: user.id, createdAt };
    if (!(await this.links.add(link, transaction))) throw new LinkTakenError();
    await this.record('identity.linked', user, strategy, client, transaction);
  }

  private async record(
    type: AuditEventType,
    { id }: User,
    { name }: CredentialStrategy,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const actor = { kind: 'user', id } as const;
    await this.audit.record({ type, actor, subject: id, client, details: { strategy: name } }, transaction);
  }
}
