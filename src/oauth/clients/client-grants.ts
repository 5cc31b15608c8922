import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { GrantSearch } from '../../tokens/sessions/grant-search.js';
import type { SessionEndReason } from '../../tokens/sessions/session.js';
import { SessionsRepository } from '../../tokens/sessions/sessions.repository.js';
import type { ClientWriter } from './client-writer.js';
import { type GrantEnding, GrantEndings } from './grant-endings.js';
import type { OAuthClient } from './oauth-client.js';

/** Why and through whom grants end. */
type Ending = Pick<GrantEnding, 'reason' | 'client' | 'by'>;

/** Which of them. */
type Sought = Omit<GrantSearch, 'now' | 'limit'>;

/** What users have granted to clients: each grant is a session. It ends in the transaction of what is the reason for it. */
@Injectable()
export class ClientGrants {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly endings: GrantEndings,
    private readonly clock: Clock,
  ) {}

  /** A transaction that also ends grants, by the methods below. It may be rolled back, and begun anew once they have ended. */
  async within<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.endings.within(work);
  }

  /** Ends the open ones of a client. */
  async end(clientId: string, writer: ClientWriter, transaction: Transaction): Promise<void> {
    await this.endThose({ clientId }, endingBy(writer, 'client_removed'), transaction);
  }

  /** Ends all that users were not asked about, as the client needs their consent from now on. */
  async endUnasked(clientId: string, writer: ClientWriter, transaction: Transaction): Promise<void> {
    await this.endThose({ clientId }, endingBy(writer, 'client_narrowed'), transaction);
  }

  /** Ends those that have more than the client may have now. */
  async narrow(
    { id, scopes, audiences }: OAuthClient,
    writer: ClientWriter,
    transaction: Transaction,
  ): Promise<void> {
    const sought = { clientId: id, beyond: { scopes, audiences } };
    await this.endThose(sought, endingBy(writer, 'client_narrowed'), transaction);
  }

  /** Ends those of one user. @param scopes of those that have more alone; undefined: all */
  async endOfUser(
    {
      subject,
      clientId,
      scopes,
      ...ending
    }: Ending & {
      readonly subject: string;
      readonly clientId: string;
      readonly scopes?: readonly string[] | undefined;
    },
    transaction: Transaction,
  ): Promise<void> {
    await this.endThose({ clientId, subject, beyond: scopes && { scopes } }, ending, transaction);
  }

  private async endThose(sought: Sought, ending: Ending, transaction: Transaction): Promise<void> {
    const find: GrantEnding['find'] = (limit, within) =>
      this.repository.findGrants({ ...sought, limit, now: new Date(this.clock.now()) }, within);
    await this.endings.endIn(transaction, { ...ending, find, key: JSON.stringify(sought) });
  }
}

function endingBy({ acting: { actor, client } }: ClientWriter, reason: SessionEndReason): Ending {
  const by = actor.kind === 'user' ? actor.id : undefined;
  return { reason, client: client && { language: null, ...client }, by };
}
