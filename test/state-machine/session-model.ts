/** What the sessions of the test live by, in milliseconds. */
export const LIFETIMES = { grace: 10_000, idle: 7_200_000, session: 25_200_000, accessToken: 300_000 };

export type Subject = 'alice' | 'bob';

/** One call of a client. Sessions are numbered in the order of their opening. */
export type Operation =
  | { readonly kind: 'open'; readonly session: number; readonly subject: Subject }
  | { readonly kind: 'present'; readonly session: number; readonly generation: number }
  | { readonly kind: 'forge'; readonly session: number; readonly forgery: Forgery }
  | { readonly kind: 'end'; readonly session: number; readonly subject: Subject }
  | { readonly kind: 'endAll'; readonly subject: Subject; readonly except: number | undefined }
  | { readonly kind: 'list'; readonly subject: Subject };

export type Forgery = 'foreignKey' | 'brokenMac' | 'otherSecret' | 'unknownSession';

interface SessionState {
  readonly subject: Subject;
  generation: number;
  graceUntil: number;
  idleUntil: number;
  readonly until: number;
  endedAt: number | undefined;
  /** Its access tokens have all expired since it ended: whether it is still known as revoked does not matter. */
  forgotten: boolean;
}

/** What each answer must be: the rules of docs/architecture.md, without a store and without concurrency. */
export class SessionModel {
  sessions: SessionState[] = [];

  constructor(public now: number) {}

  apply(operation: Operation): string {
    if (operation.kind === 'open') return this.open(operation.session, operation.subject);
    if (operation.kind === 'present') return this.present(operation.session, operation.generation);
    if (operation.kind === 'forge') return 'REFRESH_TOKEN_INVALID';
    if (operation.kind === 'list') return this.list(operation.subject);
    const ends = (session: SessionState, number: number) =>
      session.subject === operation.subject &&
      (operation.kind === 'end' ? number === operation.session : number !== operation.except);
    const affected = this.sessions.filter(ends);
    for (const session of affected) session.endedAt ??= this.now;
    return operation.kind === 'end' && affected.length === 0 ? 'NOT_FOUND' : 'done';
  }

  move(milliseconds: number): void {
    this.now += milliseconds;
    for (const session of this.sessions) {
      session.forgotten ||= this.now >= (session.endedAt ?? Infinity) + LIFETIMES.accessToken;
    }
  }

  copy(): SessionModel {
    return Object.assign(new SessionModel(this.now), { sessions: structuredClone(this.sessions) });
  }

  private open(number: number, subject: Subject): string {
    const [idleUntil, until] = [this.now + LIFETIMES.idle, this.now + LIFETIMES.session];
    const dates = { graceUntil: -Infinity, idleUntil, until, endedAt: undefined, forgotten: false };
    this.sessions[number] = { subject, generation: 0, ...dates };
    return 'generation 0';
  }

  private present(number: number, generation: number): string {
    const session = this.sessions[number];
    if (!session) return 'REFRESH_TOKEN_INVALID';
    if (session.endedAt !== undefined) return 'SESSION_ENDED';
    if (this.isOver(session)) return 'REFRESH_TOKEN_EXPIRED';
    if (generation === session.generation) {
      session.generation += 1;
      session.graceUntil = this.now + LIFETIMES.grace;
      session.idleUntil = this.now + LIFETIMES.idle;
    } else if (generation !== session.generation - 1 || this.now >= session.graceUntil) {
      session.endedAt = this.now;
      // One that is newer was given out by a store that has lost it since, and is no theft.
      return generation > session.generation ? 'SESSION_ENDED' : 'REFRESH_TOKEN_REUSED';
    }
    return `generation ${generation + 1}`;
  }

  private list(subject: Subject): string {
    const listed = this.sessions.flatMap((session, number) =>
      session.subject === subject && session.endedAt === undefined && !this.isOver(session)
        ? [`${number}@${session.generation}`]
        : [],
    );
    return listed.join(' ');
  }

  private isOver({ idleUntil, until }: SessionState): boolean {
    return this.now >= Math.min(idleUntil, until);
  }
}
