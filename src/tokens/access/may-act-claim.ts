/** Who may act for the subject of a token (RFC 8693 section 4.4), by what is known of them. */
export interface Actor {
  readonly iss: string;
  readonly sub: string;
}

/** Whether it is such a claim: it names one actor, by `sub`. */
export function isMayActClaim(claim: unknown): claim is Readonly<Record<string, unknown>> {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return false;
  return typeof (claim as { sub?: unknown }).sub === 'string';
}

/** Whether the claim lets the actor act: each of its members has to be true of them. @param claim undefined: it names no one, and all may */
export function mayAct(claim: unknown, actor: Actor): boolean {
  if (claim === undefined) return true;
  const known = new Map<string, unknown>(Object.entries(actor));
  return isMayActClaim(claim) && Object.entries(claim).every(([name, value]) => known.get(name) === value);
}
