/** Why nothing was sent: stable, for programs. */
export type RelayRefusal =
  /** The option `relay.to` does not name where it was to go. */
  | 'RELAY_HOST_NOT_NAMED'
  /** `relay.to` names it by `grpcs://`, and `relayIdentity()` was not given credentials that encrypt. */
  | 'RELAY_WITHOUT_TLS'
  /** No call is under way whose identity could be sent: background work, or a module without the option `relay`. */
  | 'RELAY_WITHOUT_CALL'
  /** The caller is known by something else than an access token, which no other service takes. */
  | 'RELAY_WITHOUT_TOKEN';

/** The identity of a caller was about to be sent where it may not go, or there is none. Nothing was sent. A mistake of the service: 500. */
export class RelayRefusedError extends Error {
  override readonly name = 'RelayRefusedError';

  constructor(
    readonly code: RelayRefusal,
    message: string,
  ) {
    super(message);
  }
}
