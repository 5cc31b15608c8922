import { integer, pgTable, serial, text, uuid } from 'drizzle-orm/pg-core';

/** The application's own users. Latchkey's are in the schema `latchkey`, and so are their addresses and passwords. */
export const users = pgTable('users', {
  id: serial().primaryKey(),
  nickname: text().notNull(),
  /** Until Latchkey has them. */
  email: text().unique(),
  passwordHash: text('password_hash'),
  /** The id of Latchkey's user; a foreign key, by migration 0001. */
  account: uuid().unique(),
});

export const orders = pgTable('orders', {
  id: serial().primaryKey(),
  userId: integer('user_id')
    .notNull()
    .references(() => users.id),
  what: text().notNull(),
});
