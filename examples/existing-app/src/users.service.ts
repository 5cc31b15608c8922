import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { DATABASE, type Database } from './database.module.js';
import { users } from './schema.js';

/** The application's users, each of whom is one of Latchkey's. */
@Injectable()
export class UsersService {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @returns the id of the user whose account it is; made when it is first asked for */
  async idOf(account: string): Promise<number> {
    const id = (await this.find(account)) ?? (await this.add(account)) ?? (await this.find(account));
    if (id === undefined) throw new Error(`There is no user of account ${account}.`);
    return id;
  }

  private async find(account: string): Promise<number | undefined> {
    const [user] = await this.database.select({ id: users.id }).from(users).where(eq(users.account, account));
    return user?.id;
  }

  /** @returns undefined where another request was faster */
  private async add(account: string): Promise<number | undefined> {
    const [user] = await this.database
      .insert(users)
      .values({ account, nickname: 'new here' })
      .onConflictDoNothing({ target: users.account })
      .returning({ id: users.id });
    return user?.id;
  }
}
