import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { Measurements } from '../../common/measurements.js';
import { isExpired } from '../../tokens/sessions/session.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { BackchannelLogout } from './backchannel-logout.js';
import { type LogoutNotice, LogoutNotices } from './logout-notices.js';

/** Each is looked at so often even where nothing says that it has ended. Milliseconds, as below. */
export const LOOK_EVERY = 6 * 3_600_000;
/** Doubled with each attempt, to a quarter of an hour: in all about an hour. */
const FIRST_DELAY = 5_000;
const DELAY_MAX = 900_000;
const ATTEMPTS_MAX = 10;
/** Share: what failed together is not tried again together. */
const JITTER = 0.2;
/** What was given up is kept for an operator to look at. */
const GIVEN_UP_KEPT = 7 * 86_400_000;

/** One grant that may have ended: its client is told, or told again later. */
@Injectable()
export class LogoutDelivery {
  private readonly logger = new Logger('OAuth');

  constructor(
    private readonly notices: LogoutNotices,
    private readonly clients: OAuthClients,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
    private readonly backchannel: BackchannelLogout,
    private readonly measurements: Measurements,
  ) {}

  /** @param abandon aborted at a shutdown: then it is left to others */
  async deliver(notice: LogoutNotice, abandon: AbortSignal): Promise<void> {
    const state = notice.endedAt ? 'ended' : await this.stateOf(notice);
    if (state === 'open') return this.lookLater(notice);
    const client = state === 'ended' ? await this.clients.find(notice.clientId) : undefined;
    const uri = client?.backchannelLogoutUri;
    // Its time is over by itself, or there is no one to tell any more.
    if (!client || !uri) return this.notices.remove(notice);
    try {
      await this.backchannel.tell(client, uri, notice, abandon);
    } catch (error) {
      return this.failed(notice, abandon, reasonOf(error));
    }
    await this.notices.remove(notice);
    this.measurements.logoutTold('told');
  }

  /** It may have ended since it was looked at, in which case it was claimed when that was noted. */
  private async lookLater(notice: LogoutNotice): Promise<void> {
    await this.notices.putOff(notice, { ...notice, dueAt: this.in(LOOK_EVERY) });
    if ((await this.stateOf(notice)) === 'ended') await this.notices.lookAt([notice.sessionId], this.in(0));
  }

  private async stateOf({ sessionId, expiresAt }: LogoutNotice): Promise<'open' | 'ended' | 'expired'> {
    const session = await this.sessions.find(sessionId);
    const now = this.clock.now();
    // Of a deleted user nothing is kept.
    if (!session) return expiresAt.getTime() > now ? 'ended' : 'expired';
    if (session.endedAt) return 'ended';
    return isExpired(session, now) ? 'expired' : 'open';
  }

  private async failed(notice: LogoutNotice, abandon: AbortSignal, why: string): Promise<void> {
    const endedAt = notice.endedAt ?? this.in(0);
    if (abandon.aborted) return this.notices.putOff(notice, { ...notice, endedAt, dueAt: this.in(0) });
    const attempts = notice.attempts + 1;
    const { clientId, sessionId } = notice;
    if (attempts >= ATTEMPTS_MAX) {
      await this.notices.giveUp(notice, this.in(0), this.in(GIVEN_UP_KEPT));
      this.measurements.logoutTold('given_up');
      this.logger.error(
        `The client ${clientId} was not told that session ${sessionId} has ended, given up after ${attempts} attempts: ${why}`,
      );
      return;
    }
    const delay = Math.min(FIRST_DELAY * 2 ** notice.attempts, DELAY_MAX);
    const jittered = delay * (1 + JITTER * (Math.random() - 0.5));
    await this.notices.putOff(notice, { endedAt, attempts, dueAt: this.in(jittered) });
    this.measurements.logoutTold('failed');
    this.logger.warn(`The client ${clientId} was not told of a logout, which is tried again: ${why}`);
  }

  private in(milliseconds: number): Date {
    return new Date(this.clock.now() + milliseconds);
  }
}
