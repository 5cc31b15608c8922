import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, asc, isNotNull, isNull } from 'drizzle-orm';
import { EmailTakenError, SharedTransactions, USER_ROLE, UsersRepository } from 'latchkey';
import { DATABASE, type Database } from './database.module.js';
import { users } from './schema.js';

/** Users of before Latchkey, with addresses and passwords in the application's own table. */
@Injectable()
export class OldUsersService {
  private readonly logger = new Logger(OldUsersService.name);

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly accounts: UsersRepository,
    private readonly transactions: SharedTransactions,
  ) {}

  /** Gives each of them an account, with the password that they have. */
  async bring(): Promise<void> {
    const old = await this.database
      .select()
      .from(users)
      .where(and(isNull(users.account), isNotNull(users.email)))
      .orderBy(asc(users.id));
    // Of addresses that differ in capitals only, the oldest user's gets the account.
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    for (const user of old) await this.move(user);
  }

  /** Both, or neither: an account, and the row without what is now Latchkey's. */
  private async move({ id, email, passwordHash }: typeof users.$inferSelect): Promise<void> {
    const account = { name: null, email: email ?? '', passwordHash: passwordHash ?? '!', roles: [USER_ROLE] };
    try {
      await this.transactions.run(async (transaction, client) => {
        const { id: subject } = await this.accounts.create(account, transaction);
        await client.query(
          'update users set account = $1, email = null, password_hash = null where id = $2',
          [subject, id],
        );
      });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      this.logger.warn(`User ${id} has the address of another's account, and waits for a decision.`);
    }
  }
}
