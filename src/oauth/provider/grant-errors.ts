import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { ResourceNotGrantedError, ScopeNotGrantedError } from '../grants/grant-tokens.js';

/** What the protocol library exports of it. */
export type ProtocolErrors = (typeof import('oidc-provider'))['errors'];

/** Says in the protocol's words why a grant gives no tokens (RFC 6749 section 5.2). @throws always; what is no such reason as it is */
export function refuseGrant(errors: ProtocolErrors, error: unknown): never {
  if (error instanceof ScopeNotGrantedError) throw invalidScope(errors, error.message);
  if (error instanceof ResourceNotGrantedError) throw new errors.InvalidTarget(error.message);
  if (!(error instanceof LatchkeyError) || error.code === 'UNAVAILABLE') throw error;
  throw new errors.InvalidGrant(error.message);
}

/** Without naming a scope. */
export function invalidScope(errors: ProtocolErrors, message: string): Error {
  // The library would say `"scope": ""`.
  return Object.assign(new errors.InvalidScope(message, ''), { scope: undefined });
}
