import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { SteadyTime } from '../../common/steady-time.js';
import { TokensConfig } from '../../config/config.js';
import { EXPIRY_MARGIN, type Revocation, type RevocationKind, type RevokedEra } from './revocation.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { RevocationList } from './revocation-list.js';
import { RevocationStore } from './revocation-store.js';

const SECOND = 1_000;

/** Kills access tokens before their time: here at once, on other instances within a second. */
@Injectable()
export class RevocationService {
  private readonly time: SteadyTime;

  constructor(
    private readonly store: RevocationStore,
    private readonly list: RevocationList,
    private readonly keys: SigningKeys,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {
    this.time = new SteadyTime(clock);
  }

  /** All access tokens of the subject issued until now; their sessions live, and can be refreshed. */
  async revokeSubject(subject: string): Promise<void> {
    await this.record('subject', subject, this.untilNow(this.list.earliestIssue(subject)));
  }

  /** One access token. @param tokenId its `jti` */
  async revokeToken(tokenId: string): Promise<void> {
    await this.record('token', tokenId, null);
  }

  /**
   * Those of a `sid` that is no session's: what ends a session revokes its tokens in the same step.
   * @param within what is the reason for it: they die with its commit, or at once where revocations are kept elsewhere
   */
  async revokeSession(sid: string, within: Transaction): Promise<void> {
    const expiresAt = this.revokedUntil();
    const recorded = await this.store.add(
      { kind: 'session', id: sid, issuedBefore: null, expiresAt },
      within,
    );
    within.afterCommit(() => this.list.announce([recorded]));
  }

  /** All access tokens there are. */
  async revokeAll(): Promise<void> {
    await this.record('all', '', this.untilNow(this.list.latestIssue()));
  }

  /** Tells of an era of a subject's sessions that their repository has begun. @param endedAt when those of before ended */
  async announceEra(subject: string, era: RevokedEra, endedAt: Date, expiresAt: Date): Promise<void> {
    await this.list.announce([{ kind: 'era', id: subject, issuedBefore: endedAt, expiresAt, era }]);
  }

  /** Tells of sessions that their repository has ended, and recorded as revoked. */
  async announceSessions(ids: readonly string[], expiresAt: Date): Promise<void> {
    await this.list.announce(ids.map((id) => ({ kind: 'session', id, issuedBefore: null, expiresAt })));
  }

  /** When the last access token that exists now has expired: a revocation can be forgotten then. */
  revokedUntil(): Date {
    return new Date(this.time.latest() + this.longestLife);
  }

  /** How long an access token can live that exists now; milliseconds. */
  get longestLife(): number {
    return Math.max(this.config.accessTokenTtl, this.keys.longestTokenTtl) + EXPIRY_MARGIN;
  }

  private async record(kind: RevocationKind, id: string, issuedBefore: Date | null): Promise<void> {
    const revocation: Revocation = { kind, id, issuedBefore, expiresAt: this.revokedUntil() };
    const recorded = await this.store.add(revocation);
    await this.list.announce([recorded]);
    // One after the other in the same second would put `iat` ever further ahead, beyond what clocks may differ.
    const ahead = (recorded.issuedBefore?.getTime() ?? 0) - SECOND - this.clock.now();
    if (ahead > 0) await this.clock.wait(Math.min(ahead, SECOND));
  }

  /**
   * `iat` is in whole seconds: those of this second count as issued until now. So do those of the seconds ahead that
   * tokens bear after another revocation in this second.
   * @param issuedFrom since that revocation, milliseconds
   */
  private untilNow(issuedFrom: number): Date {
    const now = Math.max(this.clock.now(), issuedFrom);
    return new Date((toNumericDate(now) + 1) * 1000);
  }
}
