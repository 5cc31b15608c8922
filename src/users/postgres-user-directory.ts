import type { Clock } from '../common/clock.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import type { Database, DatabaseConnection } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { findUser, holdWithRoles, setEmail, setEmailVerified } from './held-user.js';
import { changeRole, createRole, deleteRole, findHolders, findRoles, holdRole } from './role-rows.js';
import type { Role } from './role.js';
import type { User } from './user.js';
import type { UserList, UserListQuery } from './user-list.js';
import type { RoleDeletion } from './user-roles.js';
import { holdUser, logInUser } from './user-writes.js';
import { UsersRepository } from './users.repository.js';

/** What of a `UsersRepository` is for administration, and for who logs in. */
export abstract class PostgresUserDirectory extends UsersRepository {
  protected readonly db: Database;

  constructor(
    connection: DatabaseConnection,
    private readonly clock: Clock,
  ) {
    super();
    this.db = connection.db;
  }

  override holding(user: User): Write<User | undefined> {
    return holdUser(this.db, user);
  }

  override loggingIn(user: User): Write<User | undefined> | undefined {
    // A team's repository that overrides `holding` alone holds no one here either.
    return this.holding(user) && logInUser(this.db, user, this.now());
  }

  override async list(query: UserListQuery): Promise<UserList> {
    // Most processes show no list.
    const { listUsers } = await import('./list-users.js');
    return listUsers(this.db, query);
  }

  override async hold(
    id: string,
    roles: readonly string[],
    transaction: Transaction,
  ): Promise<User | undefined> {
    return holdWithRoles(handleOf(this.db, transaction), id, roles);
  }

  override async findWithin(id: string, transaction: Transaction): Promise<User | undefined> {
    return findUser(handleOf(this.db, transaction), id);
  }

  override async setEmail(
    id: string,
    email: string,
    verified: boolean,
    transaction?: Transaction,
  ): Promise<User | undefined> {
    return setEmail(handleOf(this.db, transaction), id, { email, verified }, this.now());
  }

  override async setEmailVerified(
    id: string,
    verified: boolean,
    transaction?: Transaction,
  ): Promise<User | undefined> {
    return setEmailVerified(handleOf(this.db, transaction), id, verified, this.now());
  }

  override async findRoles(transaction?: Transaction): Promise<Role[]> {
    return findRoles(handleOf(this.db, transaction));
  }

  override async createRole(role: Role, transaction?: Transaction): Promise<boolean> {
    return createRole(handleOf(this.db, transaction), role);
  }

  override async holdRole(name: string, transaction: Transaction): Promise<Role | undefined> {
    return holdRole(handleOf(this.db, transaction), name);
  }

  override async changeRole(role: Role, transaction?: Transaction): Promise<boolean> {
    return changeRole(handleOf(this.db, transaction), role);
  }

  override async deleteRole(name: string, transaction?: Transaction): Promise<RoleDeletion> {
    return this.within(transaction, (db) => deleteRole(db, name));
  }

  override async findHolders(role: string, limit: number): Promise<string[]> {
    return findHolders(this.db, role, limit);
  }

  /** Several statements that belong together: in the caller's transaction, or in one of their own. */
  protected within<T>(transaction: Transaction | undefined, work: (db: Database) => Promise<T>): Promise<T> {
    return transaction ? work(handleOf(this.db, transaction)) : this.db.transaction(work);
  }

  protected now(): Date {
    return new Date(this.clock.now());
  }
}
