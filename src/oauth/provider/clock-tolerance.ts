/** Seconds by which a client's clock may be fast, in what it signs (FAPI 2.0 Security Profile section 5.3.2.1). */
const OF_CLIENTS = 10;

/** Of what clients sign, in seconds. @param leeway between instances, in milliseconds */
export function clockTolerance(leeway: number): number {
  return Math.max(leeway / 1000, OF_CLIENTS);
}
