import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const EMAIL_UNIQUE = 'users_email_key_unique';

export const roles = ownSchema.table('roles', {
  name: text('name').primaryKey(),
  scopes: text('scopes').array().notNull(),
  description: text('description').notNull(),
});

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
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [uniqueIndex(EMAIL_UNIQUE).on(table.emailKey)],
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
  ],
);
