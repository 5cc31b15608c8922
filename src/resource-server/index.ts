// `latchkey/resource-server`: what services need that take the tokens of a Latchkey server. Loads no database, mail, Redis or
// password code.

export { AccessRules, type AccessRule } from '../access/access-rules.js';
export { Clients, CurrentUser, Public, Roles, Scopes } from '../access/access.decorators.js';
export type { AuthenticatedRequest } from '../access/authenticated-request.js';
export { JwtAuthGuard } from '../access/jwt-auth.guard.js';
export { BoundTokens } from '../access/proofs/bound-tokens.js';
export type { DpopCall } from '../access/proofs/dpop-call.js';
export { RequestTokens } from '../access/request-tokens.js';
export { RolesGuard } from '../access/roles.guard.js';
export { ScopesGuard } from '../access/scopes.guard.js';
export { bindCaller, callerOf } from '../access/transports/caller.js';
export type { Transport } from '../access/transports/transport.js';
export { Transports } from '../access/transports/transports.js';
export { type ClientInfo, clientInfoOf, type HttpRequest } from '../common/client-info.js';
export { Clock } from '../common/clock.js';
export type { ErrorCode } from '../common/errors/error-code.js';
export { LatchkeyError, type LatchkeyErrorOptions } from '../common/errors/latchkey-error.js';
export type { JsonValue } from '../common/json-value.js';
export type { Principal } from '../common/principal.js';
export { ConfigurationError } from '../config/configuration-error.js';
export { IdentityRelay } from '../relay/identity-relay.js';
export type { RelayOptions } from '../relay/relay-options.js';
export { RelayRefusedError, type RelayRefusal } from '../relay/relay-refused.error.js';
export { AccessTokenVerifier } from '../tokens/access/access-token-verifier.js';
export { ReplayDetection } from '../tokens/proofs/replay-detection.js';
export type { AsymmetricAlg } from '../tokens/keys/signing-algorithm.js';
export { ResourceServerModule } from './resource-server.module.js';
export type {
  ResourceServerAsyncOptions,
  ResourceServerComposition,
  ResourceServerOptions,
  ResourceServerSettings,
  RevocationFeedSettings,
} from './resource-server-options.js';
