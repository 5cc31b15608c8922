import { and, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { columnsOf, insertionInto, type InsertionOptions } from '../../database/insertion.js';
import { brokenConstraint } from '../../database/sql-errors.js';
import type { SqlPart } from '../../database/sql-write.js';
import { EVERYONE, sessionEras } from '../revocation/session-eras.table.js';
import type { NewSession } from './session.js';
import { isUnended } from './session-conditions.js';
import { SessionEndedError } from './sessions.errors.js';
import { sessions } from './sessions.table.js';

/** The era that a session of the subject is opened in: as the statement sees it, so that one which begins now ends it. */
function eraAtOpening(subject: SQL): SQL<number> {
  return sql`coalesce((select max(${sessionEras.era}) from ${sessionEras}
    where ${sessionEras.subject} in (${subject}::text, ${EVERYONE})), 0)`;
}

/**
 * The subject of a session that is granted in another: null, which the column does not take, unless that one is the subject's and
 * has not ended. Who ends it waits until the new one is there.
 */
function subjectWithin(subject: SQL, parentId: SQL): SQL<string> {
  const { id, subject: owner } = sessions;
  const parent = and(sql`${id} = ${parentId}::uuid`, sql`${owner} = ${subject}::text`, isUnended);
  return sql`(select ${owner} from ${sessions} where ${parent} for share)`;
}

/** What the failure of an insertion means. @returns undefined: nothing that is known */
export function refusedGrant(error: unknown): SessionEndedError | undefined {
  return brokenConstraint(error)?.column === sessions.subject.name ? new SessionEndedError() : undefined;
}

const GIVEN = columnsOf(sessions).filter((name) => name !== 'era');
const computed: InsertionOptions['computed'] = {
  column: sessions.era,
  value: (value) => eraAtOpening(sql`${value('subject')}`),
};

const SESSION_INSERTION = insertionInto(sessions, GIVEN, { computed });

/** Of a session that is granted in another. */
const GRANT_INSERTION = insertionInto(sessions, GIVEN, {
  computed,
  made: { subject: (value) => subjectWithin(sql`${value('subject')}`, sql`${value('parentId')}`) },
});

/** A new session as part of a statement, which gives its era. */
export function insertionOf(session: NewSession): SqlPart {
  return session.parentId === null ? SESSION_INSERTION(session) : GRANT_INSERTION(session);
}

/** A new session by a statement of its own. @returns its era */
export async function insertSession(db: Database, session: NewSession): Promise<number> {
  const { subject, parentId } = session;
  const given = sql`${subject}`;
  const within = parentId === null ? subject : subjectWithin(given, sql`${parentId}`);
  try {
    const [row] = await db
      .insert(sessions)
      .values({ ...session, subject: within, era: eraAtOpening(given) })
      .returning({ era: sessions.era });
    return row?.era ?? 0;
  } catch (error) {
    throw refusedGrant(error) ?? error;
  }
}
