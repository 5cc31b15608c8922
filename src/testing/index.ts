// `latchkey/testing`: what tests of an application need. Loads no database, Redis, mail or password code, unless an application
// is to keep all in memory.

export {
  InMemoryLatchkey,
  type InMemoryLatchkeyOptions,
  type InMemoryModuleOptions,
} from './application/in-memory-latchkey.js';
export type { KeptAuditEvents } from './application/kept-audit-events.js';
export type { KeptMails } from './application/kept-mails.js';
export { FakeClock } from './fake-clock.js';
export { type RevokedTokens, TestIssuer, type TestIssuerOptions } from './issuer/test-issuer.js';
export type { TestToken } from './issuer/test-token.js';
export type { TokenAlgorithm } from './issuer/token-text.js';
export { attemptStoreContract } from './contracts/attempt-store.contract.js';
export type { ContractStore, Made } from './contracts/contract-store.js';
export {
  identityLinksContract,
  type IdentityLinksContractStore,
} from './contracts/identity-links.contract.js';
export { oneTimeTokensRepositoryContract } from './contracts/one-time-tokens.repository.contract.js';
export { revocationStoreContract } from './contracts/revocation-store.contract.js';
export { sessionsRepositoryContract } from './contracts/sessions/sessions.repository.contract.js';
export type { SessionsContractStore } from './contracts/sessions/sessions-under-test.js';
export { usersRepositoryContract } from './contracts/users/users.repository.contract.js';
export { InMemoryAttemptStore } from './memory/in-memory-attempt-store.js';
export { InMemoryIdentityLinks } from './memory/in-memory-identity-links.js';
export { InMemoryOneTimeTokensRepository } from './memory/in-memory-one-time-tokens.repository.js';
export type { ScopesByRole } from './memory/role-scopes.js';
export type { DelayRule } from '../throttling/account/attempt-store.js';
export { InMemorySessionsRepository } from './memory/in-memory-sessions.repository.js';
export { InMemoryUsersRepository } from './memory/in-memory-users.repository.js';
export { InMemoryUnitOfWork } from './memory/in-memory-unit-of-work.js';
export { InMemoryRevocationStore } from './memory/in-memory-revocation-store.js';
