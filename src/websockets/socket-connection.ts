import type { DpopCall } from '../access/proofs/dpop-call.js';
import type { OpenCall } from '../access/transports/open-calls.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import { AccessTokenInvalidError } from '../tokens/access/access-token.errors.js';

/** Who a connection is from, and by which token. */
export interface SocketCaller {
  readonly caller: Principal;
  readonly token: string;
  /** Of the handshake, where its token is bound to a key. */
  readonly dpop?: DpopCall | undefined;
}

const connections = new WeakMap<object, SocketConnection>();

/** What is known of a client's connection. */
export class SocketConnection {
  private known: SocketCaller | undefined;
  private watched: OpenCall | undefined;
  private endedBy: LatchkeyError | undefined;
  private closed = false;

  private constructor() {}

  /** That of a client, which is begun at the first question. */
  static of(client: object): SocketConnection {
    let connection = connections.get(client);
    if (!connection) {
      connection = new SocketConnection();
      connections.set(client, connection);
    }
    return connection;
  }

  get caller(): Principal | undefined {
    return this.known?.caller;
  }

  /** @throws LatchkeyError that it was ended for: what still arrives is refused */
  get token(): string | undefined {
    this.refuseEnded();
    return this.known?.token;
  }

  /** @throws LatchkeyError that it was ended for */
  get dpop(): DpopCall | undefined {
    this.refuseEnded();
    return this.known?.dpop;
  }

  /**
   * The first token, or a newer one of the same session.
   * @throws AccessTokenInvalidError if it is of another caller or session
   */
  admit(known: SocketCaller): void {
    this.refuseEnded();
    const { subject, sessionId } = known.caller;
    const before = this.known?.caller ?? known.caller;
    if (before.subject !== subject || before.sessionId !== sessionId) throw new AccessTokenInvalidError();
    this.known = known;
    this.watched?.renew(known.caller);
  }

  /** From now on it is ended once its token is no longer good. */
  watchBy(watch: (caller: Principal) => OpenCall): void {
    if (this.known && !this.watched && !this.closed) this.watched = watch(this.known.caller);
  }

  /** It is about to be closed. */
  end(error: LatchkeyError): void {
    this.endedBy ??= error;
    this.forget();
  }

  /** It is closed: what is still being decided watches it no more. */
  forget(): void {
    this.closed = true;
    this.watched?.forget();
  }

  private refuseEnded(): void {
    if (this.endedBy) throw this.endedBy;
  }
}
