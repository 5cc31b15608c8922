import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { TokenEvents } from '../token-events.js';
import { SessionsRepository } from './sessions.repository.js';

/** For when nobody knows whose sessions are in foreign hands. */
@Injectable()
export class EverybodysSessions {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly revocations: RevocationService,
    private readonly events: TokenEvents,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends all sessions there are. A refresh that races it is no exception: its session is ended before or after, and the
   * access token it got is dead by the session's id.
   * @param by id of the administrator who does; undefined: an operator
   * @returns how many
   */
  async end(client: ClientInfo | null = null, by?: string): Promise<number> {
    const revokedUntil = this.revocations.revokedUntil();
    const ending = { reason: 'ended_by_admin', now: new Date(this.clock.now()), revokedUntil } as const;
    return this.unitOfWork.run(async (transaction) => {
      const ids = await this.repository.endEverybodys(ending, transaction);
      transaction.afterCommit(() => this.revocations.announceSessions(ids, revokedUntil));
      await this.events.everybodysSessionsEnded({ count: ids.length, client, by }, transaction);
      return ids.length;
    });
  }
}
