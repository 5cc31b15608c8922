import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 403 `INSUFFICIENT_SCOPE`: the gateway's rule names no scope that opens it to clients of others. */
export class UnscopedRuleError extends LatchkeyError {
  constructor() {
    super('INSUFFICIENT_SCOPE', 'Tokens of third-party clients pass only where the gateway asks for scopes.');
  }
}
