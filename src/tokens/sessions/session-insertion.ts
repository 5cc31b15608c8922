import { type SQL, sql } from 'drizzle-orm';
import { columnsOf, insertionInto } from '../../database/insertion.js';
import { EVERYONE, sessionEras } from '../revocation/session-eras.table.js';
import { sessions } from './sessions.table.js';

/** The era that a session of the subject is opened in: as the statement sees it, so that one which begins now ends it. */
export function eraAtOpening(subject: SQL): SQL<number> {
  return sql`coalesce((select max(${sessionEras.era}) from ${sessionEras}
    where ${sessionEras.subject} in (${subject}::text, ${EVERYONE})), 0)`;
}

const given = columnsOf(sessions).filter((name) => name !== 'era');

/** A new session as part of a statement, which gives its era. */
export const SESSION_INSERTION = insertionInto(sessions, given, {
  computed: { column: sessions.era, value: (value) => eraAtOpening(sql`${value('subject')}`) },
});
