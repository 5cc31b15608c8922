import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { GrantBounds } from '../../tokens/sessions/grant-search.js';
import type { SessionEndReason } from '../../tokens/sessions/session.js';
import { ENDED_AT_ONCE, SessionsRepository } from '../../tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ClientWriter } from './client-writer.js';
import type { OAuthClient } from './oauth-client.js';

/** What users have granted to clients: each grant is a session. */
@Injectable()
export class ClientGrants {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Ends the open ones of a client, one after the other. */
  async end(clientId: string, writer: ClientWriter): Promise<void> {
    await this.endOpen(clientId, undefined, 'client_removed', writer);
  }

  /** Ends all that users were not asked about, as the client needs their consent from now on. */
  async endUnasked(clientId: string, writer: ClientWriter): Promise<void> {
    await this.endOpen(clientId, undefined, 'client_narrowed', writer);
  }

  /** Ends those that have more than the client may have now. */
  async narrow({ id, scopes, audiences }: OAuthClient, writer: ClientWriter): Promise<void> {
    await this.endOpen(id, { scopes, audiences }, 'client_narrowed', writer);
  }

  private async endOpen(
    clientId: string,
    beyond: GrantBounds | undefined,
    reason: SessionEndReason,
    { acting: { actor, client } }: ClientWriter,
  ): Promise<void> {
    const by = actor.kind === 'user' ? actor.id : undefined;
    const whose = { reason, client: client && { language: null, ...client }, by };
    const now = () => new Date(this.clock.now());
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const open = await this.repository.findGrants({ clientId, now: now(), limit: ENDED_AT_ONCE, beyond });
      let ended = 0;
      for (const { id: only, subject } of open)
        // oxlint-disable-next-line eslint/no-await-in-loop -- the same
        ended += await this.sessions.end({ ...whose, subject, only });
      if (ended === 0) return;
    }
  }
}
