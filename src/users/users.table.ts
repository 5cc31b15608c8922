import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  index,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { ownSchema } from '../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const EMAIL_UNIQUE = 'users_email_key_unique';

export const roles = ownSchema.table('roles', {
  name: text('name').primaryKey(),
  scopes: text('scopes').array().notNull(),
  description: text('description').notNull(),
});

const lastLogin = (column: AnyPgColumn) => sql`coalesce(${column}, '-infinity'::timestamptz)`;

export const users = ownSchema.table(
  'users',
  {
    id: uuid('id').primaryKey(),
    name: text('name'),
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    emailVerifiedAt: instant('email_verified_at'),
    passwordHash: text('password_hash').notNull(),
    passwordChangeRequired: boolean('password_change_required').notNull(),
    passwordExpiresAt: instant('password_expires_at'),
    disabledAt: instant('disabled_at'),
    lastLoginAt: instant('last_login_at'),
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex(EMAIL_UNIQUE).on(table.emailKey),
    // What lists are in the order of: of all, and of those of whom there are mostly few. In migrations with `INCLUDE ("last_login_at")`,
    // which Drizzle cannot say.
    index('users_created_at_index').on(table.createdAt, table.id),
    index('users_email_index').on(sql`${table.emailKey} collate "C"`, table.id),
    index('users_last_login_index').on(lastLogin(table.lastLoginAt), table.id),
    ...[
      { part: 'disabled', condition: sql`${table.disabledAt} is not null` },
      { part: 'unverified', condition: sql`${table.emailVerifiedAt} is null` },
    ].flatMap(({ part, condition }) => [
      index(`users_${part}_created_at_index`).on(table.createdAt, table.id).where(condition),
      index(`users_${part}_email_index`)
        .on(sql`${table.emailKey} collate "C"`, table.id)
        .where(condition),
      index(`users_${part}_last_login_index`).on(lastLogin(table.lastLoginAt), table.id).where(condition),
    ]),
    // Of whom there may be few.
    index('users_disabled_index')
      .on(table.id)
      .where(sql`${table.disabledAt} is not null`),
    index('users_enabled_index')
      .on(table.id)
      .where(sql`${table.disabledAt} is null`),
    index('users_verified_index')
      .on(table.id)
      .where(sql`${table.emailVerifiedAt} is not null`),
    index('users_unverified_index')
      .on(table.id)
      .where(sql`${table.emailVerifiedAt} is null`),
  ],
);

/** What users are found by, kept by triggers on `users`. */
export const userWords = ownSchema.table(
  'user_words',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    word: text('word').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.word] }),
    index('user_words_word_index').on(table.word, table.userId),
  ],
);

export const FIELD_UNIQUE = 'user_field_keys_unique';

/** Which attributes are looked up. */
export const userFieldRules = ownSchema.table('user_field_rules', {
  field: text('field').primaryKey(),
  isUnique: boolean('is_unique').notNull(),
});

/** Their values, kept by triggers on `users`. */
export const userFieldKeys = ownSchema.table(
  'user_field_keys',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    field: text('field').notNull(),
    value: text('value').notNull(),
    isUnique: boolean('is_unique').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.field] }),
    uniqueIndex(FIELD_UNIQUE)
      .on(table.field, table.value)
      .where(sql`${table.isUnique}`),
    index('user_field_keys_value_index').on(table.field, table.value, table.userId),
  ],
);

export const userRoles = ownSchema.table(
  'user_roles',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role')
      .notNull()
      .references(() => roles.name),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.role] }),
    index('user_roles_role_index').on(table.role),
    index('user_roles_holders_index').on(table.role, table.userId),
  ],
);
