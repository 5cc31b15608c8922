import { isUUID } from 'class-validator';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { makePgArray } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { columnsOf, insertionInto } from '../database/insertion.js';
import { type SqlShape, SqlWrite } from '../database/sql-write.js';
import { lockRole, refuseLastAdministrator } from './role-holders.js';
import { ADMIN_ROLE, type NewUser, type User } from './user.js';
import {
  changeUser,
  insertUser,
  newRow,
  takenBy,
  toUser,
  USER_AS_JSON,
  userOf,
  WHOLE_USER,
} from './user-rows.js';
import type { NewAccount } from './users.repository.js';
import { roles, userRoles, users } from './users.table.js';

/** The user with that password who is not disabled; locked, so that neither changes until it is done. */
const HELD_USER: SqlShape = {
  name: 'held user',
  text: (value) => sql`select ${USER_AS_JSON} as "value" from ${users}
    where ${users.id} = ${value('id')}::uuid and ${users.passwordHash} = ${value('passwordHash')}::text
      and ${users.disabledAt} is null
    for share`,
};

/** The same of a user who is logging in; the row is locked as it is changed, so that no two that lock it wait for each other. */
const USER_LOGGING_IN: SqlShape = {
  name: 'user logging in',
  text: (value) => sql`update ${users} set "last_login_at" = ${value('now')}::timestamptz
    where ${users.id} = ${value('id')}::uuid and ${users.passwordHash} = ${value('passwordHash')}::text
      and ${users.disabledAt} is null
    returning ${USER_AS_JSON} as "value"`,
};

const NEW_USER = insertionInto(users, columnsOf(users));

/** Of a user whose row is inserted by the same statement. */
const NEW_ROLES: SqlShape = {
  name: 'roles of a new user',
  text: (value, provided) => sql`insert into ${userRoles} ("user_id", "role")
    select ${value('id')}::uuid, unnest(${value('roles')}::text[]) where ${provided} returning 1 as "value"`,
};

/** What the roles allow; they are there before the user is. */
const GRANTS: SqlShape = {
  name: 'grants of a new user',
  text: (value) => sql`select json_build_object('name', ${roles.name}, 'scopes', ${roles.scopes}) as "value"
    from ${roles} where ${roles.name} = any(${value('roles')}::text[])`,
};

type Grants = Parameters<typeof toUser>[0]['grants'];

/** @see UsersRepository.holding */
export function holdUser(db: Database, { id, passwordHash }: User): SqlWrite<User | undefined> {
  return new SqlWrite([{ shape: HELD_USER, values: { id, passwordHash } }], {
    within: async (transaction) => {
      const [row] = await handleOf(db, transaction)
        .select(WHOLE_USER)
        .from(users)
        .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash), isNull(users.disabledAt)))
        .for('share');
      return row && toUser(row);
    },
    parse: ([json]) => (json === undefined ? undefined : userOf(json)),
  });
}

/** @see UserDirectory.loggingIn */
export function logInUser(db: Database, { id, passwordHash }: User, now: Date): SqlWrite<User | undefined> {
  return new SqlWrite([{ shape: USER_LOGGING_IN, values: { id, passwordHash, now: now.toISOString() } }], {
    within: async (transaction) => {
      const [row] = await handleOf(db, transaction)
        .update(users)
        .set({ lastLoginAt: now })
        .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash), isNull(users.disabledAt)))
        .returning(WHOLE_USER);
      return row && toUser(row);
    },
    parse: ([json]) => (json === undefined ? undefined : userOf(json)),
  });
}

class SqlNewAccount extends SqlWrite<User> implements NewAccount {
  constructor(
    readonly id: string,
    ...write: ConstructorParameters<typeof SqlWrite<User>>
  ) {
    super(...write);
  }
}

/** @see UsersRepository.creating */
export function createUser(db: Database, user: NewUser, now: Date): NewAccount {
  const row = newRow(user, now);
  const names = { roles: makePgArray([...user.roles]) };
  return new SqlNewAccount(
    row.id,
    [{ shape: GRANTS, values: names }, NEW_USER(row), { shape: NEW_ROLES, values: { id: row.id, ...names } }],
    {
      within: (transaction) => insertUser(handleOf(db, transaction), row, user.roles),
      parse: (grants) => toUser({ ...row, grants: grants as Grants }),
      refusal: takenBy,
    },
  );
}

/** In a transaction. @see UsersRepository.delete */
export async function deleteUser(
  db: Database,
  id: string,
  expectedHash: string | undefined,
): Promise<boolean> {
  if (!isUUID(id)) return false;
  const hasPassword = expectedHash === undefined ? undefined : eq(users.passwordHash, expectedHash);
  await lockRole(db, ADMIN_ROLE);
  await refuseLastAdministrator(db, id);
  const deleted = await db
    .delete(users)
    .where(and(eq(users.id, id), hasPassword))
    .returning({ id: users.id });
  return deleted.length > 0;
}

/** In a transaction. @see UsersRepository.setDisabled */
export async function disableUser(db: Database, id: string, now: Date): Promise<boolean> {
  if (!isUUID(id)) return false;
  await lockRole(db, ADMIN_ROLE);
  await refuseLastAdministrator(db, id);
  return (await changeUser(db, id, { disabledAt: now, updatedAt: now })) !== undefined;
}

/** @see UsersRepository.setDisabled */
export async function enableUser(db: Database, id: string, now: Date): Promise<boolean> {
  return (await changeUser(db, id, { disabledAt: null, updatedAt: now })) !== undefined;
}
