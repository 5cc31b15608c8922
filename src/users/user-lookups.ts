import { isUUID } from 'class-validator';
import { eq, inArray, sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../database/database.js';
import { HotStatement } from '../database/hot-statement.js';
import { emailKey, type User } from './user.js';
import { toUser, WHOLE_USER } from './user-rows.js';
import { users } from './users.table.js';

/** Finds users, roles included: the two statements that every flow begins with. */
export class UserLookups {
  private readonly rowById;
  private readonly rowByEmail;

  constructor(private readonly connection: DatabaseConnection) {
    const select = () => connection.db.select(WHOLE_USER).from(users);
    const byId = select().where(eq(users.id, sql.placeholder('id')));
    this.rowById = new HotStatement<{ id: string }, Awaited<typeof byId>>(connection, byId);
    const byEmail = select().where(eq(users.emailKey, sql.placeholder('emailKey')));
    this.rowByEmail = new HotStatement<{ emailKey: string }, Awaited<typeof byEmail>>(connection, byEmail);
  }

  async byId(id: string): Promise<User | undefined> {
    // A subject may be any text; Postgres would refuse to compare it.
    if (!isUUID(id)) return undefined;
    const [row] = await this.rowById.execute({ id });
    return row && toUser(row);
  }

  async byIds(ids: readonly string[]): Promise<User[]> {
    const known = ids.filter((id) => isUUID(id));
    if (known.length === 0) return [];
    const rows = await this.connection.db.select(WHOLE_USER).from(users).where(inArray(users.id, known));
    return rows.map(toUser);
  }

  /** @param email in any case */
  async byEmail(email: string): Promise<User | undefined> {
    const [row] = await this.rowByEmail.execute({ emailKey: emailKey(email) });
    return row && toUser(row);
  }
}
