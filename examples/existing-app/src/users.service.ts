import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { EmailTakenError, type User, USER_ROLE, UsersRepository } from 'latchkey';
import { DATABASE, type Database } from './database.module.js';
import { users } from './schema.js';

/** The application's users, each of whom is one of Latchkey's. */
@Injectable()
export class UsersService implements OnModuleInit {
  private readonly logger = new Logger(UsersService.name);

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly accounts: UsersRepository,
  ) {}

  /** Latchkey has made its tables by now, so that those of the application can reference them. */
  async onModuleInit(): Promise<void> {
    await migrate(this.database, { migrationsFolder: 'migrations' });
    await this.bringOldUsers();
  }

  /** @returns the id of the user whose account it is; made when it is first asked for */
  async idOf(account: string): Promise<number> {
    const [user] = await this.database
      .insert(users)
      .values({ account, nickname: 'new here' })
      .onConflictDoUpdate({ target: users.account, set: { account } })
      .returning({ id: users.id });
    if (!user) throw new Error('PostgreSQL returned no row.');
    return user.id;
  }

  /** Gives each user of before an account, with the password that they have. */
  private async bringOldUsers(): Promise<void> {
    const old = await this.database
      .select()
      .from(users)
      .where(and(isNull(users.account), isNotNull(users.email)));
    await Promise.all(old.map((user) => this.bring(user)));
  }

  private async bring({ id, email, passwordHash }: typeof users.$inferSelect): Promise<void> {
    const account = await this.accountOf(email ?? '', passwordHash ?? '!');
    if (!account) {
      this.logger.warn(`User ${id} has the address of another's account.`);
      return;
    }
    const moved = { account: account.id, email: null, passwordHash: null };
    await this.database.update(users).set(moved).where(eq(users.id, id));
  }

  private async accountOf(email: string, passwordHash: string): Promise<User | undefined> {
    try {
      return await this.accounts.create({ name: null, email, passwordHash, roles: [USER_ROLE] });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      // Made by a start that was interrupted; with another password it is another's, who only says that address.
      const taken = await this.accounts.findByEmail(email);
      return taken?.passwordHash === passwordHash ? taken : undefined;
    }
  }
}
