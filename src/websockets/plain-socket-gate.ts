import { AccessTokenMissingError } from '../access/access.errors.js';
import type { HttpRequest } from '../common/client-info.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { SocketAdmission, SocketToken } from './socket-admission.js';
import type { PlainSocket } from './socket-clients.js';
import { SocketConnection } from './socket-connection.js';
import { closeCodeOf, refusalOf, socketRefusal } from './socket-refusal.js';
import { AUTHENTICATE, AUTHENTICATED, tokenIn } from './authenticate-message.js';

const OPEN = 1;

/** The options that concern a gate. */
export interface GateOptions {
  /** Whether connections without a token may stay. */
  readonly anonymous: boolean;
  /** Within which a token has to come by a message; milliseconds. */
  readonly authenticationTimeout: number;
}

/** Holds one connection of `ws` back from the gateways until its token is known to be good. */
export class PlainSocketGate {
  private readonly waiting: (() => void)[] = [];
  private open = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: PlainSocket,
    private readonly admission: SocketAdmission,
    private readonly options: GateOptions,
  ) {}

  /** @param request of the handshake */
  begin(request: HttpRequest): void {
    this.client.on('message', (data, isBinary) => {
      if (!isBinary) this.receive(String(data));
    });
    this.client.on('close', () => {
      clearTimeout(this.timer);
      SocketConnection.of(this.client).forget();
    });
    try {
      const token = this.admission.tokenOf(request);
      if (token !== undefined) void this.authenticate(token);
      else if (this.options.anonymous) this.letIn();
      else this.awaitToken();
    } catch (error) {
      this.end(refusalOf(error));
    }
  }

  /** Calls back at once, or when the connection may go on. */
  whenOpen(callback: () => void): void {
    if (this.open) callback();
    else this.waiting.push(callback);
  }

  private awaitToken(): void {
    const { authenticationTimeout } = this.options;
    this.timer = setTimeout(() => this.end(new AccessTokenMissingError()), authenticationTimeout).unref();
  }

  private receive(message: string): void {
    const token = tokenIn(message);
    if (token !== undefined) void this.authenticate(token, true);
    else if (!this.open) this.end(new AccessTokenMissingError());
  }

  /** Nothing that follows is read meanwhile. @param byMessage which is answered */
  private async authenticate(token: SocketToken, byMessage = false): Promise<void> {
    this.client.pause();
    try {
      const { expiresAt } = await this.admission.admit(this.client, token);
      if (this.client.readyState !== OPEN) return;
      this.admission.watch(this.client, (error) => this.end(error));
      this.letIn();
      if (byMessage) this.send(AUTHENTICATED, { expiresAt: new Date(expiresAt).toISOString() });
    } catch (error) {
      const refusal = refusalOf(error);
      if (this.open) this.send('exception', { ...socketRefusal(refusal), cause: { pattern: AUTHENTICATE } });
      else this.end(refusal);
    } finally {
      this.client.resume();
    }
  }

  private letIn(): void {
    clearTimeout(this.timer);
    this.open = true;
    for (const callback of this.waiting.splice(0)) callback();
  }

  private end(error: LatchkeyError): void {
    clearTimeout(this.timer);
    SocketConnection.of(this.client).end(error);
    this.client.close(closeCodeOf(error), error.code);
  }

  private send(event: string, data: object): void {
    if (this.client.readyState === OPEN) this.client.send(JSON.stringify({ event, data }));
  }
}
