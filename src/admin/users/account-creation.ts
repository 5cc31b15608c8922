import { Injectable } from '@nestjs/common';
import type { AuditDetails } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { PasswordLinks, type PrintedLink } from '../../auth/mails/password-links.js';
import { linkPrinted } from '../../auth/password-reset/forced-password-reset.js';
import { NewPassword } from '../../auth/passwords/new-password.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { emailProblem } from '../../common/validation/email-address.js';
import { personNameProblem } from '../../common/validation/text.js';
import { unsetPassword, type User, USER_ROLE } from '../../users/user.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';

/** An account that an operator makes. */
export interface AccountToCreate {
  readonly email: string;
  readonly name: string | null;
  /** Whether the address counts as proved. */
  readonly emailVerified: boolean;
  /** Names of all that the user is to have. */
  readonly roles: readonly string[];
  /** The password, or how the user is to choose one. */
  readonly password: { readonly chosen: string } | 'mailed link' | 'printed link';
}

/** Accounts that are neither registered nor invited, but made. */
@Injectable()
export class AccountCreation {
  constructor(
    private readonly users: UsersRepository,
    private readonly newPassword: NewPassword,
    private readonly links: PasswordLinks,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @returns the user, and the link if it is to be printed
   * @throws InvalidFieldsError, PasswordRejectedError, EmailTakenError
   * @throws UnknownRoleError, and nothing is made
   */
  async create(account: AccountToCreate): Promise<{ readonly user: User; readonly link?: PrintedLink }> {
    const { email, name, emailVerified, roles, password } = account;
    requireValid(account);
    const passwordHash =
      typeof password === 'string'
        ? unsetPassword()
        : await this.newPassword.hash(password.chosen, { name, email });
    const { created, link } = await this.unitOfWork.run(async (transaction) => {
      const made = { name, email, emailVerified, passwordHash, roles: [] };
      const user = await this.users.create(made, transaction);
      await this.record('user.registered', user, transaction);
      await this.grant(user, roles, transaction);
      if (password === 'mailed link') await this.links.mail(user, transaction);
      if (password !== 'printed link') return { created: user };
      await this.audit.record(linkPrinted(user), transaction);
      return { created: user, link: await this.links.print(user, transaction) };
    });
    return { user: { ...created, roles: [...new Set(roles)].toSorted() }, ...(link && { link }) };
  }

  private async grant(user: User, roles: readonly string[], transaction: Transaction): Promise<void> {
    for (const role of roles) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in one transaction, in order
      await this.users.grantRole(user.id, role, transaction);
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      if (role !== USER_ROLE) await this.record('role.granted', user, transaction, { role });
    }
  }

  private async record(
    type: 'user.registered' | 'role.granted',
    { id: subject }: User,
    transaction: Transaction,
    details: AuditDetails = {},
  ): Promise<void> {
    await this.audit.record(
      { type, actor: { kind: 'operator' }, subject, client: null, details },
      transaction,
    );
  }
}

function requireValid({ email, name }: AccountToCreate): void {
  const ofEmail = emailProblem(email);
  if (ofEmail !== undefined)
    throw new InvalidFieldsError([{ field: 'email', message: `email must ${ofEmail}` }]);
  const ofName = name === null ? undefined : personNameProblem(name);
  if (ofName !== undefined) throw new InvalidFieldsError([{ field: 'name', message: `name must ${ofName}` }]);
}
