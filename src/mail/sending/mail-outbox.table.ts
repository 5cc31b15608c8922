import { isNotNull, isNull } from 'drizzle-orm';
import { bigint, index, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Mails that are still to be sent, and those that were given up. */
export const mailOutbox = ownSchema.table(
  'mail_outbox',
  {
    id: uuid('id').primaryKey(),
    /** The order in which they were written. */
    position: bigint('position', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    template: text('template').notNull(),
    /** To whom, and what the template needs: sealed, since there are one-time links in it. */
    sealed: text('sealed').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Its link is of no use from then on. */
    expiresAt: instant('expires_at'),
    /** When it is tried next. The instance that takes it puts that off, so that no other does. */
    dueAt: instant('due_at').notNull(),
    attempts: integer('attempts').notNull(),
    gaveUpAt: instant('gave_up_at'),
    /** Id of the user whose account it is about. */
    account: text('account'),
  },
  (table) => [
    index('mail_outbox_due_index').on(table.dueAt, table.position).where(isNull(table.gaveUpAt)),
    index('mail_outbox_account_index').on(table.account).where(isNotNull(table.account)),
    index('mail_outbox_gave_up_at_index').on(table.gaveUpAt).where(isNotNull(table.gaveUpAt)),
  ],
);
