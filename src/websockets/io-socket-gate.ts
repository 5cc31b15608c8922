import { AccessTokenMissingError } from '../access/access.errors.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import { AUTHENTICATE, AUTHENTICATED, tokenOf } from './authenticate-message.js';
import type { SocketAdmission } from './socket-admission.js';
import type { IoServer, IoSocket } from './socket-clients.js';
import { SocketConnection } from './socket-connection.js';
import { refusalOf, socketRefusal } from './socket-refusal.js';

/** Lets connections of socket.io in by their token, before a gateway knows of them. */
export class IoSocketGate {
  private readonly guarded = new WeakSet<object>();
  private readonly attended = new WeakSet<object>();

  constructor(
    private readonly admission: SocketAdmission,
    private readonly anonymous: boolean,
  ) {}

  /** A refused connection is the client's `connect_error`, whose `data` says why. */
  guard(server: IoServer): void {
    if (this.guarded.has(server)) return;
    this.guarded.add(server);
    server.use((socket, answer) => void this.decide(socket, answer));
  }

  /** A connection that was let in. */
  attend(socket: IoSocket): void {
    if (this.attended.has(socket)) return;
    this.attended.add(socket);
    this.watch(socket);
    socket.on('disconnect', () => SocketConnection.of(socket).forget());
    socket.on(AUTHENTICATE, (data, answer) => void this.renew(socket, data, answer));
  }

  private async decide(socket: IoSocket, answer: (error?: Error) => void): Promise<void> {
    try {
      await this.admit(socket);
    } catch (error) {
      answer(connectError(refusalOf(error)));
      return;
    }
    answer();
  }

  private async admit(socket: IoSocket): Promise<void> {
    const ofRequest = this.admission.tokenOf({ ...requestOf(socket), headers: socket.handshake.headers });
    const token = tokenOf(socket.handshake.auth) || ofRequest;
    if (token !== undefined) await this.admission.admit(socket, token);
    else if (!this.anonymous) throw new AccessTokenMissingError();
  }

  private async renew(socket: IoSocket, data: unknown, answer: unknown): Promise<void> {
    const reply = (event: string, content: object) => {
      if (!socket.connected) return;
      if (typeof answer === 'function') (answer as (content: object) => void)(content);
      else socket.emit(event, content);
    };
    try {
      const { expiresAt } = await this.admission.admit(socket, tokenOf(data));
      this.watch(socket);
      reply(AUTHENTICATED, { expiresAt: new Date(expiresAt).toISOString() });
    } catch (error) {
      reply('exception', { ...socketRefusal(refusalOf(error)), cause: { pattern: AUTHENTICATE } });
    }
  }

  private watch(socket: IoSocket): void {
    this.admission.watch(socket, (error) => {
      socket.emit('exception', socketRefusal(error));
      socket.disconnect(true);
    });
  }
}

function connectError(error: LatchkeyError): Error {
  return Object.assign(new Error(error.message), { data: socketRefusal(error) });
}

/** The spread of a request has none of its accessors. */
function requestOf({ request: { method, url } }: IoSocket): {
  readonly method: string;
  readonly url: string;
} {
  return { method, url };
}
