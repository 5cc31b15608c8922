import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ENDED_AT_ONCE, SessionsRepository } from '../../tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ClientWriter } from './client-writer.js';

/** What users have granted to clients: each grant is a session. */
@Injectable()
export class ClientGrants {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Ends the open ones of a client, one after the other. */
  async end(clientId: string, { acting: { actor, client } }: ClientWriter): Promise<void> {
    const by = actor.kind === 'user' ? actor.id : undefined;
    const whose = { reason: 'client_removed', client: client && { language: null, ...client }, by } as const;
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const open = await this.repository.findGrants(clientId, new Date(this.clock.now()), ENDED_AT_ONCE);
      let ended = 0;
      for (const { id: only, subject } of open)
        // oxlint-disable-next-line eslint/no-await-in-loop -- the same
        ended += await this.sessions.end({ ...whose, subject, only });
      if (ended === 0) return;
    }
  }
}
