import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import type { GrantBounds } from '../../tokens/sessions/grant-search.js';
import type { Session, SessionEndReason } from '../../tokens/sessions/session.js';
import type { SessionsToEnd } from '../../tokens/sessions/session-ender.js';
import type { SessionPosition } from '../../tokens/sessions/session-page.js';
import {
  ENDED_AT_ONCE,
  type OpenGrant,
  SessionsRepository,
} from '../../tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ClientWriter } from './client-writer.js';
import type { OAuthClient } from './oauth-client.js';

/** Why and through whom grants end. */
type Ending = Pick<SessionsToEnd, 'reason' | 'client' | 'by'>;

/** Open grants that are to end; about so many, if there are as many. */
type Find = (limit: number, transaction?: Transaction) => Promise<readonly OpenGrant[]>;

/** What users have granted to clients: each grant is a session. It ends in the transaction of what is the reason for it. */
@Injectable()
export class ClientGrants {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * A transaction that also ends grants, by the methods below. Where it has more to end than one should, it is rolled back, most of them
   * are ended in steps, and it is begun anew: what it writes is there only once all of them have ended.
   */
  async within<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        // oxlint-disable-next-line eslint/no-await-in-loop -- each is about what the one before has left
        return await this.unitOfWork.run(work);
      } catch (error) {
        if (!(error instanceof TooManyGrantsError)) throw error;
        // oxlint-disable-next-line eslint/no-await-in-loop -- the same
        await error.endSome();
      }
    }
  }

  /** Ends the open ones of a client. */
  async end(clientId: string, writer: ClientWriter, transaction: Transaction): Promise<void> {
    await this.endOfClient(clientId, undefined, endingBy(writer, 'client_removed'), transaction);
  }

  /** Ends all that users were not asked about, as the client needs their consent from now on. */
  async endUnasked(clientId: string, writer: ClientWriter, transaction: Transaction): Promise<void> {
    await this.endOfClient(clientId, undefined, endingBy(writer, 'client_narrowed'), transaction);
  }

  /** Ends those that have more than the client may have now. */
  async narrow(
    { id, scopes, audiences }: OAuthClient,
    writer: ClientWriter,
    transaction: Transaction,
  ): Promise<void> {
    await this.endOfClient(id, { scopes, audiences }, endingBy(writer, 'client_narrowed'), transaction);
  }

  /** Ends those of one user that are meant. */
  async endOfUser(
    { subject, clientId, ...ending }: Ending & { readonly subject: string; readonly clientId: string },
    isMeant: (session: Session) => boolean,
    transaction: Transaction,
  ): Promise<void> {
    const isSought = (session: Session) => session.clientId === clientId && isMeant(session);
    const find: Find = (limit, within) => this.findOfUser(subject, isSought, limit, within);
    await this.endIn(transaction, find, ending);
  }

  private async endOfClient(
    clientId: string,
    beyond: GrantBounds | undefined,
    ending: Ending,
    transaction: Transaction,
  ): Promise<void> {
    const now = () => new Date(this.clock.now());
    const find: Find = (limit, within) =>
      this.repository.findGrants({ clientId, now: now(), limit, beyond }, within);
    await this.endIn(transaction, find, ending);
  }

  private async findOfUser(
    subject: string,
    isSought: (session: Session) => boolean,
    limit: number,
    transaction?: Transaction,
  ): Promise<OpenGrant[]> {
    const found: Session[] = [];
    let after: SessionPosition | undefined;
    do {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const open = await this.sessions.listOpen(subject, { limit: ENDED_AT_ONCE, after }, transaction);
      found.push(...open.filter(isSought));
      after = open.length < ENDED_AT_ONCE ? undefined : open.at(-1);
    } while (after && found.length < limit);
    return found;
  }

  private async endIn(transaction: Transaction, find: Find, ending: Ending): Promise<void> {
    const open = await find(ENDED_AT_ONCE + 1, transaction);
    if (open.length > ENDED_AT_ONCE)
      throw new TooManyGrantsError(async () => {
        const some = await find(ENDED_AT_ONCE);
        if ((await this.endEach(some, ending)) > 0 || some.length === 0) return;
        // Another may have ended them meanwhile.
        const left = new Set((await find(ENDED_AT_ONCE)).map(({ id }) => id));
        if (some.every(({ id }) => left.has(id)))
          throw new Error('Sessions that are found to be open cannot be ended.');
      });
    await this.endEach(open, ending, transaction);
  }

  /** By subject, in one order, so that two of these at once wait for one another. @returns how many it ended */
  private async endEach(open: readonly OpenGrant[], ending: Ending, within?: Transaction): Promise<number> {
    const ids = new Map<string, string[]>();
    for (const { id, subject } of open) ids.set(subject, [...(ids.get(subject) ?? []), id]);
    let ended = 0;
    for (const subject of [...ids.keys()].toSorted())
      // oxlint-disable-next-line eslint/no-await-in-loop -- one transaction, one statement at a time
      ended += await this.sessions.end({ ...ending, subject, only: ids.get(subject) ?? [], within });
    return ended;
  }
}

/** More than should be ended in one transaction. */
class TooManyGrantsError extends Error {
  /** @param endSome so many that fewer are left */
  constructor(readonly endSome: () => Promise<void>) {
    super('There are more grants than should be ended in one transaction.');
    this.name = 'TooManyGrantsError';
  }
}

function endingBy({ acting: { actor, client } }: ClientWriter, reason: SessionEndReason): Ending {
  const by = actor.kind === 'user' ? actor.id : undefined;
  return { reason, client: client && { language: null, ...client }, by };
}
