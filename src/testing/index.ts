// `latchkey/testing`: what tests of an application need. Loads no database, Redis, mail or password code.

export { FakeClock } from './fake-clock.js';
export { type RevokedTokens, TestIssuer, type TestIssuerOptions } from './issuer/test-issuer.js';
export type { TestToken } from './issuer/test-token.js';
export type { TokenAlgorithm } from './issuer/token-text.js';
export { InMemoryRevocationStore } from './memory/in-memory-revocation-store.js';
