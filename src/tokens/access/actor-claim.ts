/** Who acts for the subject of a token, and for whom they do (RFC 8693 section 4.1). */
export interface ActorClaim {
  readonly sub: string;
  /** Of a client: the `sid` of its own, by which all dies that it got. */
  readonly sid?: string;
  readonly act?: ActorClaim;
}

/** Longer chains are none of ours. */
export const ACTORS_MAX = 5;
/** Visible ASCII, as `sub` of the token. */
const IDENTIFIER = /^[\x21-\x7e]{1,255}$/;
/** As it is written: revocations are looked up by this text. */
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param actors the latest first; at most `ACTORS_MAX` */
export function actorClaimOf([latest, ...before]: readonly string[]): ActorClaim | undefined {
  if (latest === undefined) return undefined;
  const act = actorClaimOf(before);
  return { sub: latest, ...(act && { act }) };
}

/** @returns the latest first, none where there is no claim; undefined if it is no such claim */
export function actorsOf(claim: unknown): readonly string[] | undefined {
  return chainOf(claim)?.map(({ sub }) => sub);
}

/** @param claim as `actorsOf` takes it @returns `sid` of those who act, of whom it is said */
export function actorSessionsOf(claim: unknown): readonly string[] {
  return (chainOf(claim) ?? []).flatMap(({ sid }) => sid ?? []);
}

function chainOf(claim: unknown): ActorClaim[] | undefined {
  const actors: ActorClaim[] = [];
  for (let at = claim; at !== undefined;) {
    if (typeof at !== 'object' || at === null || actors.length >= ACTORS_MAX) return undefined;
    const { sub, sid, act, ...others } = at as Record<string, unknown>;
    if (typeof sub !== 'string' || !IDENTIFIER.test(sub) || Object.keys(others).length > 0) return undefined;
    if (sid !== undefined && (typeof sid !== 'string' || !SESSION_ID.test(sid))) return undefined;
    actors.push({ sub, ...(sid !== undefined && { sid }) });
    at = act;
  }
  return actors;
}
