import type { Clock } from '../../common/clock.js';
import { eraOfTokenId } from './token-id.js';
import type { Revocation, RevocationKind, RevokedEra } from './revocation.js';
import type { TokenIdentity } from './revocation-store.js';

/** What is kept on for so much longer counts as news. Milliseconds. */
const PROLONGED_BY = 3_600_000;

/** Tokens die when issued before this; milliseconds. */
interface Entry {
  readonly issuedBefore: number;
  readonly expiresAt: number;
  /** The same on the monotonic clock, which nothing sets ahead. */
  readonly keptUntil: number;
  readonly era?: RevokedEra | undefined;
}

/** What is revoked, by what it concerns: a question is a few look-ups, however many entries there are. */
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
    era: new Map<string, Entry>(),
  };

  /** @returns whether it says more than what was known */
  add({ kind, id, issuedBefore, expiresAt, era }: Revocation): boolean {
    const entries = this.byKind[kind];
    const known = entries.get(id);
    const before = issuedBefore?.getTime() ?? Number.POSITIVE_INFINITY;
    const entry: Entry = {
      issuedBefore: Math.max(before, known?.issuedBefore ?? 0),
      expiresAt: Math.max(expiresAt.getTime(), known?.expiresAt ?? 0),
      keptUntil: Math.max(this.keptUntil(expiresAt), known?.keptUntil ?? 0),
      era: laterOf(era, known?.era),
    };
    entries.set(id, entry);
    return known === undefined || isNews(entry, known);
  }

  has(identity: TokenIdentity): boolean {
    const { sessionId, subject, tokenId, issuedAt } = identity;
    const { session, subject: subjects, token, all, era } = this.byKind;
    return (
      session.has(sessionId) ||
      (token.size > 0 && token.has(tokenId)) ||
      issuedAt < this.issuedBefore(subjects, subject) ||
      issuedAt < this.issuedBefore(all, '') ||
      (era.size > 0 && (isOfEntrysPast(identity, era.get(subject)) || isOfEntrysPast(identity, era.get(''))))
    );
  }

  /** Whether an entry for what it concerns is kept still. */
  keeps({ kind, id }: Revocation): boolean {
    return this.byKind[kind].has(id);
  }

  get counts(): Readonly<Record<RevocationKind, number>> {
    const { session, subject, token, all, era } = this.byKind;
    return {
      session: session.size,
      subject: subject.size,
      token: token.size,
      all: all.size,
      era: era.size,
    };
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

/** Whether an entry says more than the one that was known. */
function isNews(entry: Entry, known: Entry): boolean {
  return (
    entry.issuedBefore !== known.issuedBefore ||
    entry.era?.number !== known.era?.number ||
    // Redis tells of the start of its data with every reading, which is kept on.
    entry.expiresAt > known.expiresAt + PROLONGED_BY
  );
}

function laterOf(one: RevokedEra | undefined, other: RevokedEra | undefined): RevokedEra | undefined {
  return one && other && other.number > one.number ? other : (one ?? other);
}

function isOfEntrysPast(token: TokenIdentity, entry: Entry | undefined): boolean {
  if (!entry?.era || entry.era.spared === token.sessionId) return false;
  return isOfEarlierEra(token, entry.era.number, entry.issuedBefore);
}

/**
 * Whether the token is of a session that was opened before the era. One that names none, from an instance of an earlier
 * version, is taken by the time it was issued at.
 * @param endedAt when the sessions of before ended; milliseconds
 */
export function isOfEarlierEra({ tokenId, issuedAt }: TokenIdentity, era: number, endedAt: number): boolean {
  const own = eraOfTokenId(tokenId);
  return own === undefined ? issuedAt <= endedAt : own < era;
}
