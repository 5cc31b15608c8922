import { AttemptStore, type LatchkeyComposition, RevocationStore, SessionsRepository } from 'latchkey';

/** Yours, each of which passes its suite. */
export interface OurStores {
  readonly sessions: SessionsRepository;
  /** Reads what `sessions` records when it ends one. */
  readonly revocations: RevocationStore;
  /** Wrong passwords of accounts, devices and sessions. */
  readonly attempts: AttemptStore;
}

export const keptIn = ({ sessions, revocations, attempts }: OurStores): LatchkeyComposition => ({
  providers: [
    { provide: SessionsRepository, useValue: sessions },
    { provide: RevocationStore, useValue: revocations },
    { provide: AttemptStore, useValue: attempts },
  ],
});
