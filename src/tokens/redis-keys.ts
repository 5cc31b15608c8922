/**
 * The key layout in Redis. One hash tag for all, so that a Cluster keeps them in one slot: ending a session and recording
 * its revocation is one step only there. Every key has a time to live.
 */
const TAG = '{latchkey}';

export const redisKeys = {
  /** Hash: a session. */
  session: (id: string) => `${SESSION_PREFIX}${id}`,
  /** Sorted set: the open sessions of a subject, by when they were last used. */
  subject: (subject: string) => `${SUBJECT_PREFIX}${subject}`,
  /** Sorted set: the last sessions of a subject that ended, by when. */
  ended: (subject: string) => `${TAG}:ended:${subject}`,
  /** Set: what was granted in a session, and ends with it. */
  children: (id: string) => `${CHILDREN_PREFIX}${id}`,
  /** Sorted set: encoded revocations, by when they were recorded. */
  revocations: `${TAG}:revocations`,
  /** String: one revocation, for questions about one token; holds its `issuedBefore`, or nothing. */
  revoked: (kind: string, id: string) => `${REVOKED_PREFIX}${kind}:${id}`,
  /** String: a DPoP proof that was used. */
  proof: (id: string) => `${TAG}:proof:${id}`,
  /** Hash: the era of a subject's sessions; of the empty subject: everyone's. */
  era: (subject: string) => `${ERA_PREFIX}${subject}`,
  /** String: the number of the last era, of whichever subject. */
  lastEra: `${TAG}:last-era`,
  /** Sorted set: subjects of eras of which not all sessions say by themselves that they are over, by when they began. */
  unsettled: `${TAG}:unsettled`,
  /** String: which run of the server the data belongs to, and since when. */
  epoch: `${TAG}:epoch`,
} as const;

/** For scripts that find out only while they run which sessions they concern. */
export const SESSION_PREFIX = `${TAG}:session:`;
export const CHILDREN_PREFIX = `${TAG}:children:`;
export const SUBJECT_PREFIX = `${TAG}:subject:`;
export const ERA_PREFIX = `${TAG}:era:`;
export const REVOKED_PREFIX = `${TAG}:revoked:`;
