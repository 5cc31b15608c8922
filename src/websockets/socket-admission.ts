import { PasswordChangeRequiredError, UserRequiredError } from '../access/access.errors.js';
import { PASSWORD_CHANGE_SCOPE } from '../access/password-change-scope.js';
import type { BoundTokens } from '../access/proofs/bound-tokens.js';
import { type DpopCall, dpopCallOf } from '../access/proofs/dpop-call.js';
import type { RequestTokens } from '../access/request-tokens.js';
import { bindCaller } from '../access/transports/caller.js';
import type { OpenCalls } from '../access/transports/open-calls.js';
import type { HttpRequest } from '../common/client-info.js';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import type { AccessTokenVerifier } from '../tokens/access/access-token-verifier.js';
import { SocketConnection } from './socket-connection.js';

/** Browsers cannot set headers of a handshake. What they offer beside it is answered in its place. */
const TOKEN_PROTOCOL = 'latchkey.bearer.';

/** What connections are let in by. */
export interface AdmissionParts {
  readonly verifier: AccessTokenVerifier;
  readonly bound: BoundTokens;
  readonly tokens: RequestTokens;
  readonly calls: OpenCalls;
}

/** A token that is bound to a key, with its proof, or a bearer's, without `Bearer `. */
export type SocketToken = string | DpopCall;

/** Decides which connections may be open, and by which token. */
export class SocketAdmission {
  constructor(
    private readonly parts: AdmissionParts,
    private readonly origins: ReadonlySet<string> | undefined,
    private readonly clients: boolean,
  ) {}

  /**
   * @param request of the handshake
   * @returns the token of its `Authorization` header or its subprotocol; of its cookie only where the page may connect
   * @throws LatchkeyError if the page is of another origin than those allowed, or the token is sent twice
   */
  tokenOf(request: HttpRequest): SocketToken | undefined {
    this.refuseOrigin(request);
    const { tokens } = this.parts;
    const byCookie = tokens.isByCookie(request);
    // A cookie is sent by pages of any site: it counts only where the origin was looked at.
    if (byCookie && this.origins !== undefined && request.headers['origin'] !== undefined)
      return tokens.tokenOf(request);
    return (
      dpopCallOf(request) ??
      (byCookie ? undefined : tokens.tokenOf(request)) ??
      offeredProtocols(request).token
    );
  }

  /**
   * @param client whose connection it is
   * @throws LatchkeyError if the token is not good, is another caller's than before, is an OAuth client's own where those
   * may not connect, or its caller must choose a password first
   */
  async admit(client: object, shown: SocketToken): Promise<Principal> {
    const { verifier, bound } = this.parts;
    const dpop = typeof shown === 'string' ? undefined : shown;
    const token = typeof shown === 'string' ? shown : shown.token;
    const caller = await (dpop ? bound.authenticate(dpop) : verifier.authenticate(token));
    // Gateways send to all that are connected: what a message may not do, a connection may not hear.
    if (caller.isClient && !this.clients) throw new UserRequiredError();
    if (caller.scopes.includes(PASSWORD_CHANGE_SCOPE)) throw new PasswordChangeRequiredError();
    SocketConnection.of(client).admit({ caller, token, dpop });
    // For handlers with `@Public()`, too, from the first message on.
    bindCaller(client, caller);
    return caller;
  }

  /** @param end ends the connection, once its token is no longer good */
  watch(client: object, end: (error: LatchkeyError) => void): void {
    const connection = SocketConnection.of(client);
    connection.watchBy((caller) =>
      this.parts.calls.watch(caller, (error) => {
        connection.end(error);
        end(error);
      }),
    );
  }

  private refuseOrigin({ headers: { origin } }: HttpRequest): void {
    if (this.origins === undefined || origin === undefined) return;
    if (typeof origin === 'string' && this.origins.has(origin)) return;
    throw new LatchkeyError('CSRF_REJECTED', 'Pages of this origin may not connect here.');
  }
}

/** What a client offers in `Sec-WebSocket-Protocol`. @returns the token among it, and the protocol that may be answered */
export function offeredProtocols(request: HttpRequest): {
  readonly token?: string;
  readonly answer?: string;
} {
  const header = request.headers['sec-websocket-protocol'];
  const offered = (typeof header === 'string' ? header : '').split(',').map((one) => one.trim());
  const token = offered.find((one) => one.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
  const answer = offered.find((one) => one !== '' && !one.startsWith(TOKEN_PROTOCOL));
  return { ...(token && { token }), ...(answer !== undefined && { answer }) };
}
