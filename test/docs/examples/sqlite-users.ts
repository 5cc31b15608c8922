import { randomUUID } from 'node:crypto';
import type Database from 'libsql';
import {
  ADMIN_ROLE,
  ADMIN_SCOPES,
  type AttributePage,
  type AttributeRule,
  AttributeNotUniqueError,
  type Clock,
  emailKey,
  EmailTakenError,
  FieldTakenError,
  LastAdministratorError,
  type NewUser,
  type PasswordReplacement,
  UnknownRoleError,
  type User,
  UsersRepository,
} from 'latchkey';

/** A user is a document; what is unique or looked up is beside it, and without a holder what one user alone may have. */
const TABLES = `
  create table if not exists users (id text primary key, email_key text not null unique, document text not null);
  create table if not exists rules (name text primary key, is_unique integer not null);
  create table if not exists lookups (
    name text, value text, holder text, user_id text, primary key (name, value, holder)
  );
`;

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  user: ['profile:read', 'profile:write'],
  admin: ADMIN_SCOPES,
};

/** Each step is a transaction that no other process interrupts, and one turn of the event loop. */
export class SqliteUsers extends UsersRepository {
  constructor(
    private readonly db: Database.Database,
    private readonly clock: Clock,
  ) {
    super();
    db.exec(TABLES);
  }

  async create(user: NewUser): Promise<User> {
    return this.atomically(() => this.insert(user));
  }

  async createFirstOfRole(role: string, user: NewUser): Promise<User | undefined> {
    requireRole(role);
    return this.atomically(() => (this.holdersOf(role).length > 0 ? undefined : this.insert(user)));
  }

  async findById(id: string): Promise<User | undefined> {
    return this.users('where id = ?', id)[0];
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return this.users('where email_key = ?', emailKey(email))[0];
  }

  async count(): Promise<number> {
    const row = this.db.prepare('select count(*) as count from users').get() as { count: number };
    return row.count;
  }

  async someoneHasRole(role: string): Promise<boolean> {
    return this.holdersOf(role).length > 0;
  }

  async rename(id: string, name: string | null): Promise<User | undefined> {
    return this.change(id, () => ({ name }));
  }

  async changeAttributes(id: string, changes: User['attributes']): Promise<User | undefined> {
    return this.change(id, ({ attributes }) => {
      const kept = Object.entries({ ...attributes, ...changes }).filter(([, value]) => value !== null);
      return { attributes: Object.fromEntries(kept) };
    });
  }

  async replacePassword(id: string, expectedHash: string, replacement: PasswordReplacement) {
    const changed = this.change(id, ({ passwordHash }) =>
      passwordHash === expectedHash ? { passwordExpiresAt: null, ...replacement } : undefined,
    );
    return changed !== undefined;
  }

  async resetPassword(id: string, expected: Pick<User, 'passwordHash' | 'email'>, passwordHash: string) {
    const chosen = { passwordHash, passwordChangeRequired: false, passwordExpiresAt: null };
    return this.proved(id, expected.email, (user) =>
      user.passwordHash === expected.passwordHash ? { ...chosen, ...this.verified(user) } : undefined,
    );
  }

  async verifyEmail(id: string, email: string): Promise<boolean> {
    return this.proved(id, email, (user) => this.verified(user));
  }

  async changeEmail(id: string, expectedEmail: string, email: string): Promise<boolean> {
    return this.proved(id, expectedEmail, () => ({ email, emailVerifiedAt: this.now() }));
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    const changed = this.change(id, () => {
      if (disabled) this.refuseLastAdministrator(id);
      return { disabledAt: disabled ? this.now() : null };
    });
    return changed !== undefined;
  }

  async grantRole(id: string, role: string): Promise<boolean> {
    requireRole(role);
    return this.change(id, ({ roles }) => granted([...roles, role])) !== undefined;
  }

  async withdrawRole(id: string, role: string): Promise<boolean> {
    requireRole(role);
    const changed = this.change(id, ({ roles }) => {
      if (role === ADMIN_ROLE) this.refuseLastAdministrator(id);
      return granted(roles.filter((name) => name !== role));
    });
    return changed !== undefined;
  }

  async delete(id: string, expectedHash?: string): Promise<boolean> {
    return this.atomically(() => {
      this.refuseLastAdministrator(id);
      const [user] = this.users('where id = ?', id);
      if (!user || (expectedHash ?? user.passwordHash) !== user.passwordHash) return false;
      this.db.prepare('delete from lookups where user_id = ?').run(id);
      this.db.prepare('delete from users where id = ?').run(id);
      return true;
    });
  }

  override async indexAttributes(rules: readonly AttributeRule[]): Promise<void> {
    this.atomically(() => {
      this.db.exec('delete from rules; delete from lookups');
      const declare = this.db.prepare('insert into rules (name, is_unique) values (?, ?)');
      for (const { name, unique } of rules) declare.run(name, Number(unique));
      try {
        for (const user of this.users('')) this.index(user);
      } catch (error) {
        throw error instanceof FieldTakenError ? new AttributeNotUniqueError(error.field) : error;
      }
    });
  }

  override async findByAttribute(name: string, value: string | number | boolean, page: AttributePage) {
    const { limit, after = '' } = page;
    return this.users(
      'join lookups on user_id = id where name = ? and value = ? and id > ? order by id limit ?',
      name,
      String(value),
      after,
      limit,
    );
  }

  private insert({ emailVerified, ...user }: NewUser): User {
    const now = this.now();
    return this.store({
      passwordChangeRequired: false,
      passwordExpiresAt: null,
      attributes: {},
      ...user,
      ...granted(user.roles),
      id: randomUUID(),
      emailVerifiedAt: emailVerified ? now : null,
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
    });
  }

  private change(id: string, changesOf: (user: User) => Partial<User> | undefined): User | undefined {
    return this.atomically(() => {
      const [user] = this.users('where id = ?', id);
      const changes = user && changesOf(user);
      return changes && this.store({ ...user, ...changes, updatedAt: this.now() });
    });
  }

  /** The same of a user who has proved to have the address. */
  private proved(id: string, email: string, changesOf: (user: User) => Partial<User> | undefined): boolean {
    const changed = this.change(id, (user) =>
      user.disabledAt || emailKey(user.email) !== emailKey(email) ? undefined : changesOf(user),
    );
    return changed !== undefined;
  }

  private store(user: User): User {
    const key = emailKey(user.email);
    if (this.users('where email_key = ? and id <> ?', key, user.id).length > 0) throw new EmailTakenError();
    this.db
      .prepare(
        `insert into users (id, email_key, document) values (?, ?, ?)
         on conflict (id) do update set email_key = excluded.email_key, document = excluded.document`,
      )
      .run(user.id, key, JSON.stringify(user));
    this.index(user);
    return user;
  }

  private index({ id, attributes }: User): void {
    this.db.prepare('delete from lookups where user_id = ?').run(id);
    const rules = this.db.prepare('select * from rules').all() as { name: string; is_unique: number }[];
    const insert = this.db.prepare('insert or ignore into lookups values (?, ?, ?, ?)');
    for (const { name, is_unique: isUnique } of rules) {
      const value = attributes[name];
      if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
      if (insert.run(name, String(value), isUnique ? '' : id, id).changes === 0)
        throw new FieldTakenError(name);
    }
  }

  private users(condition: string, ...values: readonly (string | number)[]): User[] {
    const rows = this.db.prepare(`select document from users ${condition}`).all(...values);
    return (rows as { document: string }[]).map(({ document }) => userOf(document));
  }

  private holdersOf(role: string): User[] {
    return this.users("where ? in (select value from json_each(document, '$.roles'))", role);
  }

  private refuseLastAdministrator(id: string): void {
    const enabled = this.holdersOf(ADMIN_ROLE).filter(({ disabledAt }) => disabledAt === null);
    if (enabled.length === 1 && enabled[0]?.id === id) throw new LastAdministratorError();
  }

  private verified({ emailVerifiedAt }: User): Partial<User> {
    return { emailVerifiedAt: emailVerifiedAt ?? this.now() };
  }

  /** What throws takes all of it back. */
  private atomically<T>(work: () => T): T {
    return this.db.transaction(work).immediate();
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function requireRole(role: string): readonly string[] {
  const scopes = Object.hasOwn(SCOPES, role) ? SCOPES[role] : undefined;
  if (!scopes) throw new UnknownRoleError();
  return scopes;
}

function granted(roles: readonly string[]): Pick<User, 'roles' | 'scopes'> {
  const names = [...new Set(roles)].toSorted();
  return { roles: names, scopes: [...new Set(names.flatMap(requireRole))].toSorted() };
}

const DATES = ['emailVerifiedAt', 'passwordExpiresAt', 'disabledAt', 'createdAt', 'updatedAt'] as const;

function userOf(document: string): User {
  const user = JSON.parse(document) as User & Record<(typeof DATES)[number], string | null>;
  const dates = DATES.map((name) => [name, user[name] === null ? null : new Date(user[name])]);
  return { ...user, ...Object.fromEntries(dates) };
}
