import type { ArgumentsHost, ExecutionContext, Provider } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import type { DpopCall } from '../proofs/dpop-call.js';

/**
 * How one kind of call carries who calls: HTTP requests by themselves, others for the option `transports`. It has no state, so
 * that one object may serve several applications.
 */
export interface Transport {
  /** What Nest calls such calls (`ExecutionContext.getType()`): `http`, `rpc`, `ws`, `graphql`. */
  readonly type: string;
  /**
   * The HTTP request that carries the call. Its token is read as that of any other, cookies included where the server takes them,
   * and a forged one is refused.
   * @returns undefined where none does: then `tokenOf` is asked
   */
  requestOf(context: ExecutionContext): HttpRequest | undefined;
  /**
   * The access token of a call that no HTTP request carries, without `Bearer `.
   * @returns undefined: there is none
   * @throws LatchkeyError if there are several
   */
  tokenOf?(context: ExecutionContext): string | undefined;
  /**
   * A call that no HTTP request carries, with a token that is bound to a key, `DPoP <token>`. Asked before `tokenOf`.
   * @returns undefined: it has no such token
   */
  dpopCallOf?(context: ExecutionContext): DpopCall | undefined;
  /**
   * Notes who calls, on what lives as long as the call, by `bindCaller`: the guards that follow and `@CurrentUser()` find it there.
   */
  bind(context: ExecutionContext, caller: Principal): void;
  /** What is thrown in place of a refusal. Default: the refusal itself, which a filter answers. */
  refusal?(error: LatchkeyError, context: ExecutionContext): unknown;
  /**
   * What a filter gives back to Nest for an error of a handler.
   * @param thrown as it was thrown: what is in the words of the transport already stays as it is
   * @param understood the same as an error of Latchkey's, in which nothing leaks
   */
  answer?(thrown: unknown, understood: () => LatchkeyError, host: ArgumentsHost): unknown;
  /** Metadata of a call that no HTTP request carries, by its name in lower case: the request id and the trace, to be relayed. */
  headerOf?(context: ExecutionContext, name: string): string | undefined;
  /** What it needs of the module that has the guards: an interceptor, an adapter, a check at the start. */
  readonly providers?: readonly Provider[];
}
