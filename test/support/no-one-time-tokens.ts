import type { OneTimeTokensRepository } from '../../src/tokens/one-time/one-time-tokens.repository.js';

/** For tests of sessions that have asked for no tokens. */
export const NO_ONE_TIME_TOKENS = {
  endWithSessions: () => Promise.resolve(),
} as unknown as OneTimeTokensRepository;
