/** Why no token is given in exchange, in the words of RFC 8693 section 2.2.2. */
export type ExchangeRefusal = 'invalid_request' | 'invalid_scope' | 'invalid_target';

/** No token is given in exchange. */
export class ExchangeRefusedError extends Error {
  constructor(
    readonly refusal: ExchangeRefusal,
    message: string,
  ) {
    super(message);
    this.name = 'ExchangeRefusedError';
  }
}
