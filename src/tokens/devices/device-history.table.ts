import { primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const knownDevices = ownSchema.table(
  'known_devices',
  {
    subject: text('subject').notNull(),
    /** A MAC: a reader of the table learns no address. */
    fingerprint: text('fingerprint').notNull(),
    firstSeenAt: instant('first_seen_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.subject, table.fingerprint] })],
);
