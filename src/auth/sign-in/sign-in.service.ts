import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { UnitOfWork, type Write, type Written } from '../../common/unit-of-work.js';
import type { CustomClaims } from '../../tokens/access/custom-claims.js';
import type { OpenedSession } from '../../tokens/sessions/session.js';
import { RefreshRotationService } from '../../tokens/sessions/refresh-rotation.service.js';
import { SessionEndedError } from '../../tokens/sessions/sessions.errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { ClaimsReason } from '../claims/claims-contributor.js';
import type { AdmittedLogin } from '../login-gate/login-admission.js';
import { InvalidCredentialsError } from './invalid-credentials.error.js';
import { type TokenPair, TokenPairIssuer } from './token-pair-issuer.js';

/** Since when what a token says is known. */
interface Since {
  readonly issueTime: number;
  /** Nothing was revoked since the request began: what was read since then holds. */
  readonly isAsBefore: boolean;
}

interface Issue extends OpenedSession, Since {
  readonly user: User;
  readonly reason: ClaimsReason;
  readonly claims: CustomClaims | undefined;
}

/** Where users and sessions meet: a pair of tokens for a user. */
@Injectable()
export class SignInService {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly rotation: RefreshRotationService,
    private readonly pairs: TokenPairIssuer,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Opens a session for a user whose credential was right, and whom the gate has let pass (`LoginAdmission.admit`).
   * @throws InvalidCredentialsError if the password was changed or the account disabled since: who ended the user's
   * sessions then could not end this one
   */
  async open(login: AdmittedLogin): Promise<TokenPair> {
    const nothing = { within: () => Promise.resolve() };
    return (await this.openAlong(login, nothing)).pair;
  }

  /**
   * The same, and writes something else together with the session. @returns also what that gave
   * @throws UnavailableError if a contributor of claims does not answer; no session is opened then
   */
  async openAlong<T>(
    { user, client, methods, strategy }: AdmittedLogin,
    write: Write<T>,
    reason: ClaimsReason = 'login',
  ): Promise<{ readonly pair: TokenPair; readonly along: T }> {
    const { id } = user;
    const before = this.pairs.now();
    const { session, write: opening, opened } = this.sessions.opening(id, client, undefined, methods);
    const sessionId = session.id;
    const claims = await this.pairs.claimsFor(user, session, reason);
    const actor = { kind: 'user', id } as const;
    const said = { ...(methods.length > 0 && { methods }), ...(strategy !== undefined && { strategy }) };
    const details = Object.keys(said).length > 0 && { details: said };
    const event = { type: 'login.succeeded', actor, subject: id, sessionId, client, ...details } as const;
    const { found, written } = await this.writeFor(user, client, [
      opening,
      this.audit.recording(event),
      write,
    ]);
    const { user: current, ...since } = await this.current(id, found, before);
    if (current?.passwordHash !== user.passwordHash || current.disabledAt) {
      await this.sessions.end({ subject: id, only: sessionId, reason: 'password_changed', client });
      throw new InvalidCredentialsError();
    }
    const [era, , along] = written;
    const pair = await this.issue({ ...opened(era), ...since, user: current, reason, claims });
    return { pair, along };
  }

  /**
   * Rotates the refresh token. Roles are read anew, so that a change takes effect here at the latest.
   * @throws RefreshTokenInvalidError, RefreshTokenExpiredError, RefreshTokenReusedError, SessionEndedError
   * @throws AccountDisabledError after the user's sessions have been ended
   * @throws UnavailableError if a contributor of claims does not answer; the token stays good then
   */
  async refresh(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const before = this.pairs.now();
    const claims = await this.claimsAhead(refreshToken);
    const opened = await this.rotation.rotate(refreshToken, client, this.users.reading);
    const { id, subject } = opened.session;
    const { user, ...since } = await this.current(subject, opened.read, before);
    if (!user) {
      await this.sessions.end({ subject, only: id, reason: 'account_disabled', client });
      throw new SessionEndedError();
    }
    if (user.disabledAt) {
      await this.sessions.end({ subject, reason: 'account_disabled', client });
      throw new AccountDisabledError();
    }
    return this.issue({ ...opened, ...since, user, reason: 'refresh', claims });
  }

  /** Before the token is rotated: a client that gets no answer can show it again, however long that takes. */
  private async claimsAhead(refreshToken: string): Promise<CustomClaims | undefined> {
    if (!this.pairs.areClaimsContributed) return undefined;
    const session = await this.rotation.find(refreshToken);
    const user = session && (await this.users.findById(session.subject));
    return user && !user.disabledAt ? this.pairs.claimsFor(user, session, 'refresh') : undefined;
  }

  /** Claims are asked for again if the user's tokens have been revoked since they were. */
  private async issue({ user, reason, claims, ...opened }: Issue): Promise<TokenPair> {
    const known = opened.isAsBefore ? claims : undefined;
    const own = known ?? (await this.pairs.claimsFor(user, opened.session, reason));
    return this.pairs.issue(opened, user, opened.issueTime, own);
  }

  /**
   * The user as they are now: what was read with the rotation, unless there was nothing, or the user's tokens have been
   * revoked meanwhile. The time is that before the reading: a token with roles that are withdrawn after it is dead.
   */
  private async current(
    subject: string,
    read: User | undefined,
    before: number,
  ): Promise<Since & { readonly user: User | undefined }> {
    const readSince = this.pairs.issueTimeSince(before, subject);
    if (readSince !== undefined && (read || this.pairs.areClaimsContributed)) {
      const user = read ?? (await this.users.findById(subject));
      return { user, issueTime: readSince, isAsBefore: true };
    }
    const issueTime = this.pairs.issueTime(subject);
    return { user: await this.users.findById(subject), issueTime, isAsBefore: false };
  }

  /**
   * Writes for a user as long as they are what they were, and finds them; where they are kept elsewhere, they have to be
   * looked at after it.
   * @throws InvalidCredentialsError if they are not; nothing is written then
   */
  private async writeFor<const Writes extends readonly Write[]>(
    user: User,
    client: ClientInfo,
    writes: Writes,
  ): Promise<{ readonly found: User | undefined; readonly written: Written<Writes> }> {
    const holding = this.users.loggingIn(user);
    if (!holding) return { found: undefined, written: await this.unitOfWork.write(writes) };
    const done = await this.unitOfWork.writeIf(holding, writes);
    if (done) return done;
    const failed = { type: 'login.failed', outcome: 'failure', actor: { kind: 'anonymous' } } as const;
    const details = { reason: 'wrong_credentials' };
    await logFailure(
      this.logger,
      'A failed login could not be recorded',
      () => this.audit.record({ ...failed, subject: user.id, client, details }),
      client,
    );
    throw new InvalidCredentialsError();
  }
}
