import type { UnitOfWork } from '../../../common/unit-of-work.js';
import type { RevocationStore } from '../../../tokens/revocation/revocation-store.js';
import { newTokenId } from '../../../tokens/revocation/token-id.js';
import type { Session } from '../../../tokens/sessions/session.js';
import type { SessionsRepository } from '../../../tokens/sessions/sessions.repository.js';
import { InMemoryUnitOfWork } from '../../memory/in-memory-unit-of-work.js';
import { expect } from '../../runner/expect.js';
import { callsAtOnce, type ContractStore } from '../contract-store.js';
import { MINUTE, newSession, ofSessions, T0 } from './session-samples.js';

/** A store of sessions that the suite is to try, with what reads the revocations that it records. */
export interface SessionsContractStore extends ContractStore<SessionsRepository> {
  /** Reads what ending sessions records. Emptied with the store. */
  readonly revocations: RevocationStore;
  /** Of each instance, in their order. Left out: the store has no transactions. */
  readonly unitsOfWork?: readonly UnitOfWork[];
}

/** The store of the test that is running, and what tests ask of it. */
export class SessionsUnderTest {
  private current: SessionsContractStore | undefined;
  private units: readonly UnitOfWork[] = [];

  open(store: SessionsContractStore): void {
    this.current = store;
    this.units = store.unitsOfWork ?? store.instances.map(() => new InMemoryUnitOfWork());
  }

  get store(): SessionsContractStore {
    if (!this.current) throw new Error('The store has not been made.');
    return this.current;
  }

  get sessions(): SessionsRepository {
    return this.store.instances[0];
  }

  /** @param instance its number */
  unitOfWork(instance: number): UnitOfWork {
    const unit = this.units[instance];
    if (!unit) throw new Error(`There is no unit of work of the instance ${instance}.`);
    return unit;
  }

  /** The call on each instance in turn, all at once. */
  atOnce<T>(times: number, call: (instance: SessionsRepository, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(callsAtOnce(this.store, times, call));
  }

  async created(fields: Partial<Session> = {}): Promise<Session> {
    const { era: _, ...session } = newSession(fields);
    return { ...session, era: await this.sessions.create(session) };
  }

  async pagesOf(subject: string, limit: number): Promise<Session[]> {
    const all: Session[] = [];
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one page after the other
      const page = await this.sessions.findOpen(subject, new Date(T0), { limit, after: all.at(-1) });
      all.push(...page);
      if (page.length < limit) return all;
    }
  }

  async revokedIds(): Promise<string[]> {
    return ofSessions(await this.store.revocations.all())
      .map((revocation) => revocation.id)
      .toSorted();
  }

  /** Whether those are the access tokens that the sessions had when they were opened. */
  async areRevoked(opened: readonly Session[]): Promise<boolean> {
    const revoked = await Promise.all(
      opened.map(({ id, subject, era }) =>
        this.store.revocations.isRevoked({
          sessionId: id,
          subject,
          tokenId: newTokenId(era),
          issuedAt: T0 + 99 * MINUTE,
        }),
      ),
    );
    expect(new Set(revoked).size).toBe(1);
    return revoked[0] ?? false;
  }
}
