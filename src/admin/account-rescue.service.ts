import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { PrintedLink } from '../auth/mails/password-links.js';
import { ForcedPasswordReset } from '../auth/password-reset/forced-password-reset.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../common/client-info.js';
import { NotFoundError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import type { Session } from '../tokens/sessions/session.js';
import type { SessionPage } from '../tokens/sessions/session-page.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { existing, existingUser } from './no-such-user.js';
import { requireReach } from './rights/reach.js';

/** How an account is named: by its id over HTTP, by its address on the command line. */
export type AccountReference = { readonly id: string } | { readonly email: string };

/** The administrator who acts, and from where. An operator on the command line is neither. */
export interface ActingAdministrator {
  /** Id of the user. */
  readonly by: string;
  readonly client: ClientInfo;
  /** What their token says: whom they may change follows from it. */
  readonly principal?: Principal;
}

export function actingAdministrator(principal: Principal, request: HttpRequest): ActingAdministrator {
  return { by: principal.subject, client: clientInfoOf(request), principal };
}

/** What administrators and operators do where an account, or all of them, may be in foreign hands. */
@Injectable()
export class AccountRescueService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly passwordReset: ForcedPasswordReset,
  ) {}

  /** Open ones, the most recently used first. @throws NotFoundError */
  async listSessions(account: AccountReference, page: SessionPage): Promise<Session[]> {
    return this.sessions.listOpen((await this.find(account)).id, page);
  }

  /** @throws NotFoundError */
  async endSessions(account: AccountReference, acting?: ActingAdministrator): Promise<void> {
    const { id: subject } = await this.reach(account, acting);
    await this.sessions.end({
      subject,
      reason: 'ended_by_admin',
      by: acting?.by,
      client: acting?.client ?? null,
    });
  }

  /** One of them. @throws NotFoundError also where it is another user's */
  async endSession(account: AccountReference, sessionId: string, acting: ActingAdministrator): Promise<void> {
    const { id: subject } = await this.reach(account, acting);
    const session = isUUID(sessionId) ? await this.sessions.find(sessionId) : undefined;
    if (session?.subject !== subject) throw new NotFoundError('The user has no such session.');
    const { by, client } = acting;
    await this.sessions.end({ subject, only: sessionId, reason: 'ended_by_admin', by, client });
  }

  /** One of any user, by an operator. @throws NotFoundError also where it has ended */
  async endSessionById(sessionId: string): Promise<void> {
    const session = isUUID(sessionId) ? await this.sessions.find(sessionId) : undefined;
    if (!session || session.endedAt) throw new NotFoundError('There is no open session of this id.');
    const { subject } = session;
    await this.sessions.end({ subject, only: sessionId, reason: 'ended_by_admin', client: null });
  }

  /** Of all users, administrators too. @returns how many */
  async endSessionsOfAll(acting?: ActingAdministrator): Promise<number> {
    return this.sessions.endAllForEveryone(acting?.client, acting?.by);
  }

  /**
   * Mails the user a link to set a new password, and ends their sessions.
   * @throws NotFoundError, AccountDisabledError
   */
  async startPasswordReset(account: AccountReference, acting?: ActingAdministrator): Promise<void> {
    await this.passwordReset.startFor(await this.reach(account, acting), acting?.client, acting?.by);
  }

  /**
   * The link that `startPasswordReset` mails, for an operator to hand on where no mail goes out: who has it has the account.
   * @throws NotFoundError, AccountDisabledError
   */
  async printResetLink(account: AccountReference): Promise<PrintedLink> {
    return this.passwordReset.linkFor(await this.find(account));
  }

  /** The account, if the administrator may change it. @throws InsufficientScopeError */
  private async reach(account: AccountReference, acting: ActingAdministrator | undefined): Promise<User> {
    const user = await this.find(account);
    if (acting?.principal) requireReach(acting.principal, user);
    return user;
  }

  private async find(account: AccountReference): Promise<User> {
    if ('email' in account) return existing(await this.users.findByEmail(account.email));
    return existingUser(await this.users.findById(account.id));
  }
}
