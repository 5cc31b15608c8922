/** When the tests move the clock, what is known of revocations is not too old: a slow machine reads it late. */
export const PATIENT = { REVOCATION_MAX_STALENESS: '1d' };
