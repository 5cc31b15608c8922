/**
 * Tells how long ago it was started, in milliseconds. Only spans are measured, so that clocks may be wrong. Of the two that
 * there are one stops in some machines while they sleep, and the other can be set back: the one that says more is believed.
 */
export function startStopwatch(startedAt = Date.now()): () => number {
  const steady = performance.now() - (Date.now() - startedAt);
  return () => Math.max(Date.now() - startedAt, performance.now() - steady);
}
