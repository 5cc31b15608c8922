import { randomUUID } from 'node:crypto';
import { LatchkeyError } from '../../src/common/errors/latchkey-error.js';
import { newSessionSecret, type RefreshTokenContent } from '../../src/tokens/sessions/refresh-token-codec.js';
import type { Session } from '../../src/tokens/sessions/session.js';
import type { OpenedSession } from '../../src/tokens/sessions/session.js';
import type { ManualClock } from '../integration/manual-clock.js';
import { tokenOfSession } from '../support/held-revocations.js';
import type { Forgery, Operation, Subject } from './session-model.js';
import { codec, foreignCodec, type Services, type SessionStore } from './session-stores.js';
import type { Turnstile } from './turnstile.js';

/** A store, where one history happens: its own subjects, and what their clients know. */
export class SessionWorld {
  private readonly subjects: Record<Subject, string> = { alice: randomUUID(), bob: randomUUID() };
  /** The first refresh token of each session; what any later one must be follows from it. */
  private readonly contents: RefreshTokenContent[] = [];

  constructor(
    readonly store: SessionStore,
    readonly clock: ManualClock,
    readonly turnstile: Turnstile,
  ) {}

  process(number: number): Services {
    const services = this.store.services();
    return services[number % services.length] as Services;
  }

  /** @returns the answer; read late, when all sessions have their numbers */
  async perform(process: Services, operation: Operation): Promise<() => string> {
    try {
      return await this.attempt(process, operation);
    } catch (error) {
      const answer = error instanceof LatchkeyError ? error.code : String(error);
      return () => answer;
    }
  }

  isRevoked(process: Services, session: number): boolean {
    return process.revocations.isRevoked(tokenOfSession(this.content(session).sessionId));
  }

  private async attempt({ rotation, sessions }: Services, operation: Operation): Promise<() => string> {
    const { kind } = operation;
    if (kind === 'list')
      return this.listed(await sessions.listOpen(this.subjects[operation.subject], { limit: 100 }));
    if (kind === 'open') {
      const opened = await sessions.open(this.subjects[operation.subject], { ip: null, userAgent: null });
      const content = codec.decode(opened.refreshToken);
      if (content) this.contents[operation.session] = content;
      return () => this.generationOf(operation.session, opened);
    }
    if (kind === 'present') {
      const { session, generation } = operation;
      const opened = await rotation.rotate(codec.encode({ ...this.content(session), generation }));
      return () => this.generationOf(session, opened);
    }
    if (kind === 'forge') {
      await rotation.rotate(this.forged(operation.session, operation.forgery));
      return () => 'accepted';
    }
    const subject = this.subjects[operation.subject];
    if (kind === 'end') {
      const { sessionId } = this.content(operation.session);
      await sessions.require(sessionId, subject);
      await sessions.end({ subject, only: sessionId, reason: 'ended_by_user' });
    } else {
      const except = operation.except === undefined ? undefined : this.content(operation.except).sessionId;
      await sessions.end({ subject, except, reason: 'logout_all' });
    }
    return () => 'done';
  }

  /** As the model writes it. Sessions that others opened at once get their numbers later. */
  private listed(rows: readonly Session[]): () => string {
    const numberOf = (id: string) => this.contents.findIndex((content) => content.sessionId === id);
    return () =>
      rows
        .map(({ id, generation }) => ({ number: numberOf(id), generation }))
        .toSorted((one, other) => one.number - other.number)
        .map(({ number, generation }) => `${number}@${generation}`)
        .join(' ');
  }

  /** Of the token, if it is to the letter the one that this session has in this generation. */
  private generationOf(session: number, { session: row, refreshToken }: OpenedSession): string {
    const content = this.content(session);
    const { generation } = row;
    const isItsOwn =
      row.id === content.sessionId && refreshToken === codec.encode({ ...content, generation });
    return isItsOwn ? `generation ${generation}` : 'another token';
  }

  private forged(session: number, forgery: Forgery): string {
    const content = this.content(session);
    const token = codec.encode(content);
    const last = token.at(-6) === 'A' ? 'B' : 'A';
    const tokens: Record<Forgery, string> = {
      foreignKey: foreignCodec.encode(content),
      brokenMac: token.slice(0, -6) + last + token.slice(-5),
      otherSecret: codec.encode({ ...content, secret: newSessionSecret() }),
      unknownSession: codec.encode({ ...content, sessionId: randomUUID() }),
    };
    return tokens[forgery];
  }

  private content(session: number): RefreshTokenContent {
    const content = this.contents[session];
    if (!content) throw new Error(`Session ${session} was not opened.`);
    return content;
  }
}
