import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { RefreshOutcome } from '../../common/measurements.js';

const REFUSALS: Readonly<Record<string, RefreshOutcome>> = {
  REFRESH_TOKEN_REUSED: 'reused',
  SESSION_ENDED: 'ended',
  REFRESH_TOKEN_EXPIRED: 'expired',
  REFRESH_TOKEN_INVALID: 'invalid',
};

/** What a refresh that failed with this error is counted as. */
export function outcomeOf(error: unknown): RefreshOutcome {
  return (error instanceof LatchkeyError && REFUSALS[error.code]) || 'failed';
}
