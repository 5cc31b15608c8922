import { sql } from 'drizzle-orm';
import { makePgArray } from 'drizzle-orm/pg-core';
import { columnsOf, insertionInto } from '../../database/insertion.js';
import type { SqlPart, SqlShape } from '../../database/sql-write.js';
import { knownDevices } from './device-history.table.js';

/** A device as part of a statement; one that is known stays as it is. */
export const DEVICE = insertionInto(knownDevices, columnsOf(knownDevices), { unlessThere: true });

const SIGHTING: SqlShape = {
  name: 'sighting of a device',
  text: (value, provided) => sql`update ${knownDevices} set "last_seen_at" = ${value('now')}::timestamptz
    where ${knownDevices.subject} = ${value('subject')}::text
      and ${knownDevices.fingerprint} = any(${value('fingerprints')}::text[]) and ${provided}
    returning ${knownDevices.fingerprint} as "value"`,
};

/** That devices were seen, as part of a statement; gives the fingerprints of those that are known. */
export function sightingPart(subject: string, fingerprints: string[], now: number): SqlPart {
  const values = { subject, fingerprints: makePgArray(fingerprints), now: new Date(now).toISOString() };
  return { shape: SIGHTING, values };
}
