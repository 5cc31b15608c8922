import type { Clock } from '../../common/clock.js';
import type { Revocation } from './revocation.js';
import type { TokenIdentity } from './revocation-store.js';

/** Tokens die when issued before this; milliseconds. */
interface Entry {
  readonly issuedBefore: number;
  readonly expiresAt: number;
  /** The same on the monotonic clock, which nothing sets ahead. */
  readonly keptUntil: number;
}

/** What is revoked, by what it concerns: a question is four look-ups, however many entries there are. */
export class RevocationSet {
  /**
   * @param clock
   * @param life for how long every entry is kept at least: that of a token; milliseconds
   */
  constructor(
    private readonly clock: Clock,
    private readonly life: number,
  ) {}

  private readonly byKind = {
    session: new Map<string, Entry>(),
    subject: new Map<string, Entry>(),
    token: new Map<string, Entry>(),
    all: new Map<string, Entry>(),
  };

  add({ kind, id, issuedBefore, expiresAt }: Revocation): void {
    const entries = this.byKind[kind];
    const known = entries.get(id);
    const before = issuedBefore?.getTime() ?? Number.POSITIVE_INFINITY;
    entries.set(id, {
      issuedBefore: Math.max(before, known?.issuedBefore ?? 0),
      expiresAt: Math.max(expiresAt.getTime(), known?.expiresAt ?? 0),
      keptUntil: Math.max(this.keptUntil(expiresAt), known?.keptUntil ?? 0),
    });
  }

  has({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): boolean {
    const { session, subject: subjects, token, all } = this.byKind;
    return (
      session.has(sessionId) ||
      (token.size > 0 && token.has(tokenId)) ||
      issuedAt < this.issuedBefore(subjects, subject) ||
      issuedAt < this.issuedBefore(all, '')
    );
  }

  /** Tokens of the subject must be issued at this time or later to live. Milliseconds; 0: at any time. */
  earliestIssue(subject: string): number {
    return Math.max(this.issuedBefore(this.byKind.subject, subject), this.issuedBefore(this.byKind.all, ''));
  }

  /** The same for whichever subject must wait the longest. */
  latestIssue(): number {
    const { subject, all } = this.byKind;
    return [...subject.values(), ...all.values()].reduce(
      (latest, { issuedBefore }) => Math.max(latest, issuedBefore),
      0,
    );
  }

  /** What is over by either clock: one that jumps ahead and comes back brings no token to life. */
  forgetExpired(): void {
    const [now, monotonic] = [this.clock.now(), this.clock.monotonic()];
    for (const entries of Object.values(this.byKind)) {
      for (const [id, { expiresAt, keptUntil }] of entries)
        if (expiresAt <= now && keptUntil <= monotonic) entries.delete(id);
    }
  }

  /** The clock may be ahead already: then the entry seems to have expired although its tokens have not. */
  private keptUntil(expiresAt: Date): number {
    return this.clock.monotonic() + Math.max(this.life, expiresAt.getTime() - this.clock.now());
  }

  private issuedBefore(entries: Map<string, Entry>, id: string): number {
    return entries.size === 0 ? 0 : (entries.get(id)?.issuedBefore ?? 0);
  }
}
