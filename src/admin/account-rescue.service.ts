import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { PrintedLink } from '../auth/mails/password-links.js';
import { ForcedPasswordReset } from '../auth/password-reset/forced-password-reset.js';
import { NotFoundError, NotSupportedError } from '../common/errors/latchkey-error.js';
import { type Transaction, UnitOfWork } from '../common/unit-of-work.js';
import type { Session } from '../tokens/sessions/session.js';
import type { SessionsToEnd } from '../tokens/sessions/session-ender.js';
import type { SessionPage } from '../tokens/sessions/session-page.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { existing, existingUser } from './no-such-user.js';
import type { AdministeringCaller } from './rights/caller.js';
import { requireReach } from './rights/reach.js';
import { HeldUsers } from './users/held-users.js';

const SESSIONS_WRITE = ['sessions:write'];
const USERS_WRITE = ['users:write'];

/** How an account is named: by its id over HTTP, by its address on the command line. */
export type AccountReference = { readonly id: string } | { readonly email: string };

/** What is done with an account, in the transaction that holds it where there is one. */
type Act = (user: User, transaction?: Transaction) => Promise<unknown>;

/** What administrators and operators do where an account, or all of them, may be in foreign hands. */
@Injectable()
export class AccountRescueService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly passwordReset: ForcedPasswordReset,
    private readonly held: HeldUsers,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Open ones, the most recently used first. @throws NotFoundError */
  async listSessions(account: AccountReference, page: SessionPage): Promise<Session[]> {
    return this.sessions.listOpen((await this.find(account)).id, page);
  }

  /** @throws NotFoundError, InsufficientScopeError */
  async endSessions(account: AccountReference, acting?: AdministeringCaller): Promise<void> {
    await this.act(account, SESSIONS_WRITE, acting, ({ id: subject }, within) =>
      this.sessions.end({ subject, within, reason: 'ended_by_admin', ...endedBy(acting) }),
    );
  }

  /** One of them. @throws NotFoundError also where it is another user's; InsufficientScopeError */
  async endSession(account: AccountReference, sessionId: string, acting: AdministeringCaller): Promise<void> {
    // Whose it is never changes.
    const session = isUUID(sessionId) ? await this.sessions.find(sessionId) : undefined;
    await this.act(account, SESSIONS_WRITE, acting, async ({ id: subject }, within) => {
      if (session?.subject !== subject) throw new NotFoundError('The user has no such session.');
      const reason = 'ended_by_admin';
      await this.sessions.end({ subject, within, only: sessionId, reason, ...endedBy(acting) });
    });
  }

  /** One of any user, by an operator. @throws NotFoundError also where it has ended */
  async endSessionById(sessionId: string): Promise<void> {
    const session = isUUID(sessionId) ? await this.sessions.find(sessionId) : undefined;
    if (!session || session.endedAt) throw new NotFoundError('There is no open session of this id.');
    const { subject } = session;
    await this.sessions.end({ subject, only: sessionId, reason: 'ended_by_admin', client: null });
  }

  /** Of all users, administrators too. @returns how many */
  async endSessionsOfAll(acting?: AdministeringCaller): Promise<number> {
    return this.sessions.endAllForEveryone(acting?.client, acting?.principal.subject);
  }

  /**
   * Mails the user a link to set a new password, and ends their sessions.
   * @throws NotFoundError, AccountDisabledError, InsufficientScopeError
   */
  async startPasswordReset(account: AccountReference, acting?: AdministeringCaller): Promise<void> {
    await this.act(account, USERS_WRITE, acting, (user, within) =>
      this.passwordReset.startFor(user, { ...endedBy(acting), within }),
    );
  }

  /**
   * The link that `startPasswordReset` mails, for an operator to hand on where no mail goes out: who has it has the account.
   * @throws NotFoundError, AccountDisabledError
   */
  async printResetLink(account: AccountReference): Promise<PrintedLink> {
    return this.passwordReset.linkFor(await this.find(account));
  }

  /**
   * Does it if the administrator may: the account is held, so that it is no administrator's before it is done.
   * @param scopes what the caller must still have
   * @throws InsufficientScopeError
   */
  private async act(
    account: AccountReference,
    scopes: readonly string[],
    acting: AdministeringCaller | undefined,
    act: Act,
  ): Promise<void> {
    if (!acting || !('id' in account)) {
      await act(await this.find(account));
      return;
    }
    try {
      await this.unitOfWork.run(async (transaction) => {
        const { user } = await this.held.reach({ id: account.id, acting, scopes }, [], transaction);
        await act(user, transaction);
      });
    } catch (error) {
      if (!(error instanceof NotSupportedError)) throw error;
      // A repository of an application's own that cannot hold a user.
      const user = await this.find(account);
      requireReach(acting.principal, user);
      await act(user);
    }
  }

  private async find(account: AccountReference): Promise<User> {
    if ('email' in account) return existing(await this.users.findByEmail(account.email));
    return existingUser(await this.users.findById(account.id));
  }
}

function endedBy(acting: AdministeringCaller | undefined): Pick<SessionsToEnd, 'by' | 'client'> {
  return { by: acting?.principal.subject, client: acting?.client ?? null };
}
