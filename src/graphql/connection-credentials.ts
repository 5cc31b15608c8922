import { bearerTokenIn, bearerTokenOf } from '../access/bearer-token.js';
import { type DpopCall, dpopCallOf } from '../access/proofs/dpop-call.js';
import type { HttpRequest } from '../common/client-info.js';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { OperationConnection } from './operation-connection.js';

/** By what a connection is some caller's. */
export class ConnectionCredentials {
  /** @param origins of the pages that may connect; undefined: all, and no cookie counts */
  constructor(private readonly origins: ReadonlySet<string> | undefined) {}

  /**
   * @returns the token of `connection_init`, else that of the `Authorization` header of the handshake
   * @throws LatchkeyError if the page is of another origin than those allowed, or the handshake has several such headers
   */
  tokenOf({ params, handshake }: OperationConnection): string | undefined {
    this.refuseOrigin(handshake);
    const authorization = authorizationIn(params);
    if (authorization !== undefined) return bearerTokenIn(authorization);
    return handshake && bearerTokenOf(handshake);
  }

  /**
   * @returns the handshake, if it shows a token that is bound to a key, and `connection_init` has no other
   * @throws LatchkeyError as `tokenOf`
   */
  dpopCallOf({ params, handshake }: OperationConnection): DpopCall | undefined {
    this.refuseOrigin(handshake);
    return handshake && authorizationIn(params) === undefined ? dpopCallOf(handshake) : undefined;
  }

  /**
   * The handshake, whose cookies are read as those of a request.
   * @returns undefined where they do not count: a cookie is sent by pages of any site, so the origin must have been looked at
   */
  cookiesOf({ params, handshake }: OperationConnection): HttpRequest | undefined {
    const origin = handshake?.headers['origin'];
    const byToken =
      authorizationIn(params) !== undefined || handshake?.headers['authorization'] !== undefined;
    return byToken || typeof origin !== 'string' || !this.origins?.has(origin) ? undefined : handshake;
  }

  private refuseOrigin(handshake: HttpRequest | undefined): void {
    const origin = handshake?.headers['origin'];
    if (this.origins === undefined || origin === undefined) return;
    if (typeof origin === 'string' && this.origins.has(origin)) return;
    throw new LatchkeyError('CSRF_REJECTED', 'Pages of this origin may not connect here.');
  }
}

function authorizationIn(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const found: unknown = Object.entries(params).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof found === 'string' ? found : undefined;
}
