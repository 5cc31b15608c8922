import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork, type Write } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { type RegisteredUser, UsersService } from '../../users/users.service.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { OwnFields } from '../fields/own-fields.js';
import { LinkMails } from '../mails/link-mails.js';
import { NewPassword } from '../passwords/new-password.js';

export interface Registration {
  readonly name: string | null;
  readonly email: string;
  readonly password: string;
  /** A team's own, as they were given. */
  readonly fields: UserFieldValues;
}

/** One that a stranger may ask for. */
export interface AskedRegistration extends Registration {
  /** Takes one mail from the quota of the address. Asked once the password is taken: a refused one costs no mail. */
  readonly mayMail: () => Promise<boolean>;
}

/** Makes accounts at once, before their address is proved (`REGISTRATION=open`). */
@Injectable()
export class OpenRegistration {
  constructor(
    private readonly users: UsersService,
    private readonly fields: OwnFields,
    private readonly newPassword: NewPassword,
    private readonly mails: LinkMails,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Mails a link to verify the address, if it may. @throws PasswordRejectedError, EmailTakenError, FieldTakenError */
  async register(registration: AskedRegistration, client: ClientInfo): Promise<User> {
    const wish = await this.wishFor(registration, client);
    const mayMail = await registration.mayMail();
    const account = this.users.registering(wish);
    if (account) {
      const [user] = await this.unitOfWork.write([
        ...account,
        ...this.following(account[0].id, wish.email, client, mayMail),
      ]);
      return user;
    }
    // Users are elsewhere: an id is known once there is one.
    return this.unitOfWork.run((transaction) => this.createIn(transaction, wish, client, mayMail));
  }

  /** The same, to be written in a transaction of the caller's. @throws PasswordRejectedError */
  async prepare(registration: AskedRegistration, client: ClientInfo): Promise<Write<User>> {
    const wish = await this.wishFor(registration, client);
    const mayMail = await registration.mayMail();
    return { within: (transaction) => this.createIn(transaction, wish, client, mayMail) };
  }

  private async wishFor(
    { name, email, password, fields }: Registration,
    client: ClientInfo,
  ): Promise<RegisteredUser> {
    const beginning = this.fields.beginning(fields);
    // Whether the address is free is decided by the insertion.
    const passwordHash = await this.newPassword.hash(password, { name, email }, client.gone);
    return { name, email, passwordHash, fields: beginning };
  }

  private async createIn(
    transaction: Transaction,
    wish: RegisteredUser,
    client: ClientInfo,
    mayMail: boolean,
  ): Promise<User> {
    const user = await this.users.register(wish, transaction);
    // oxlint-disable-next-line eslint/no-await-in-loop -- in order
    for (const write of this.following(user.id, wish.email, client, mayMail)) await write.within(transaction);
    return user;
  }

  /** What is written together with an account. */
  private following(id: string, email: string, client: ClientInfo, mayMail: boolean): Write[] {
    const actor = { kind: 'user', id } as const;
    return [
      ...(mayMail ? this.mails.firstEmailVerification({ id, email }, client) : []),
      this.audit.recording({ type: 'user.registered', actor, subject: id, client }),
    ];
  }
}
