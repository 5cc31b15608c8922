import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import type { SessionsToEnd } from '../../tokens/sessions/session-ender.js';
import {
  ENDED_AT_ONCE,
  type OpenGrant,
  SessionsRepository,
} from '../../tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';

/** So many are ended in one transaction, one by one: meanwhile all that its rows concern waits. */
export const ENDED_IN_TRANSACTION = 50;

/** Which grants end, why and through whom. */
export interface GrantEnding extends Pick<SessionsToEnd, 'reason' | 'client' | 'by'> {
  /** Open ones that are to end; about so many, if there are as many. */
  readonly find: (limit: number, transaction?: Transaction) => Promise<readonly OpenGrant[]>;
  /** The same for the same grants. */
  readonly key: string;
}

/** Ends grants, which are sessions, in the transaction of what is the reason for it, or before it. */
@Injectable()
export class GrantEndings {
  /** What has ended before a transaction. */
  private readonly before = new WeakMap<Transaction, ReadonlySet<string>>();

  constructor(
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * A transaction that also ends grants, by `endIn`. Where those must end before it, it is rolled back, they are ended, and it is begun
   * anew: what it writes is there only once all of them have ended.
   */
  async within<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const before = new Set<string>();
    for (;;) {
      try {
        // oxlint-disable-next-line eslint/no-await-in-loop -- each is about what the one before has left
        return await this.unitOfWork.run((transaction) => {
          this.before.set(transaction, before);
          return work(transaction);
        });
      } catch (error) {
        if (!(error instanceof EndedBeforeError)) throw error;
        // oxlint-disable-next-line eslint/no-await-in-loop -- the same
        await this.endBefore(error.ending);
        before.add(error.ending.key);
      }
    }
  }

  /**
   * Where sessions are kept elsewhere than in the database they end before the transaction, and those that are found once it has
   * committed, too: nothing of another server is waited for in it. In the database very many end before it, and the rest in it.
   * @param transaction of `within`
   */
  async endIn(transaction: Transaction, ending: GrantEnding): Promise<void> {
    if (!this.repository.transactional) {
      if (!this.before.get(transaction)?.has(ending.key)) throw new EndedBeforeError(ending);
      transaction.afterCommit(() => this.endBefore(ending));
      return;
    }
    const open = await ending.find(ENDED_IN_TRANSACTION + 1, transaction);
    if (open.length > ENDED_IN_TRANSACTION) throw new EndedBeforeError(ending);
    await this.endEach(open, ending, transaction);
  }

  /** In no transaction but those of its steps. */
  private async endBefore(ending: GrantEnding): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each is about what the one before has left
      const found = await ending.find(ENDED_AT_ONCE);
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      const ended = await this.endEach(found, ending);
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      if (ended === 0) await this.requireOver(found, ending);
      if (found.length < ENDED_AT_ONCE) return;
    }
  }

  /** Another may have ended them meanwhile. */
  private async requireOver(found: readonly OpenGrant[], { find }: GrantEnding): Promise<void> {
    if (found.length === 0) return;
    const left = new Set((await find(ENDED_AT_ONCE)).map(({ id }) => id));
    if (found.every(({ id }) => left.has(id)))
      throw new Error('Sessions that are found to be open cannot be ended.');
  }

  /** By subject, in one order, so that two of these at once wait for one another. @returns how many it ended */
  private async endEach(
    open: readonly OpenGrant[],
    { find: _find, key: _key, ...ending }: GrantEnding,
    within?: Transaction,
  ): Promise<number> {
    const ids = new Map<string, string[]>();
    for (const { id, subject } of open) ids.set(subject, [...(ids.get(subject) ?? []), id]);
    let ended = 0;
    for (const subject of [...ids.keys()].toSorted())
      // oxlint-disable-next-line eslint/no-await-in-loop -- one transaction, one statement at a time
      ended += await this.sessions.end({ ...ending, subject, only: ids.get(subject) ?? [], within });
    return ended;
  }
}

/** They end before the transaction. */
class EndedBeforeError extends Error {
  constructor(readonly ending: GrantEnding) {
    super('There are grants that end before the transaction.');
    this.name = 'EndedBeforeError';
  }
}
