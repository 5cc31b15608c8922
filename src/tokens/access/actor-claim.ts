/** Who acts for the subject of a token, and for whom they do (RFC 8693 section 4.1). */
export interface ActorClaim {
  readonly sub: string;
  readonly act?: ActorClaim;
}

/** Longer chains are none of ours. */
export const ACTORS_MAX = 5;
/** Visible ASCII, as `sub` of the token. */
const IDENTIFIER = /^[\x21-\x7e]{1,255}$/;

/** @param actors the latest first; at most `ACTORS_MAX` */
export function actorClaimOf([latest, ...before]: readonly string[]): ActorClaim | undefined {
  if (latest === undefined) return undefined;
  const act = actorClaimOf(before);
  return { sub: latest, ...(act && { act }) };
}

/** @returns the latest first, none where there is no claim; undefined if it is no such claim */
export function actorsOf(claim: unknown): readonly string[] | undefined {
  const actors: string[] = [];
  for (let at = claim; at !== undefined;) {
    if (typeof at !== 'object' || at === null || actors.length >= ACTORS_MAX) return undefined;
    const { sub, act, ...others } = at as Record<string, unknown>;
    if (typeof sub !== 'string' || !IDENTIFIER.test(sub) || Object.keys(others).length > 0) return undefined;
    actors.push(sub);
    at = act;
  }
  return actors;
}
