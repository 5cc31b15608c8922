import { gt, inArray } from 'drizzle-orm';
import type { TokensConfig } from '../../config/config.js';
import type { DatabaseConnection } from '../../database/database.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { mailOutbox } from './mail-outbox.table.js';
import { MailSealer } from './mail-sealer.js';

const BATCH = 500;

/** The mails of the outbox that were sealed with another `APP_SECRET`: who they are to is not known without it. */
export class UnopenedMails {
  private readonly sealer: MailSealer;

  constructor(
    private readonly connection: DatabaseConnection,
    config: TokensConfig,
  ) {
    this.sealer = new MailSealer(new DerivedKeys(config));
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const ids of this.batches()) count += ids.length;
    return count;
  }

  /** They will not be sent. @returns how many */
  async giveUp(): Promise<number> {
    let count = 0;
    for await (const ids of this.batches()) {
      if (ids.length === 0) continue;
      const gone = await this.connection.db
        .delete(mailOutbox)
        .where(inArray(mailOutbox.id, ids))
        .returning({ id: mailOutbox.id });
      count += gone.length;
    }
    return count;
  }

  /** Their ids, of some rows at a time. */
  private async *batches(): AsyncGenerator<string[]> {
    const { id, sealed, position } = mailOutbox;
    let after = 0;
    for (;;) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order
      const rows = await this.connection.db
        .select({ id, sealed, position })
        .from(mailOutbox)
        .where(gt(position, after))
        .orderBy(position)
        .limit(BATCH);
      yield rows.filter((row) => !this.opens(row.sealed, row.id)).map((row) => row.id);
      if (rows.length < BATCH) return;
      after = rows.at(-1)?.position ?? after;
    }
  }

  private opens(sealed: string, id: string): boolean {
    return this.sealer.open(sealed, id) !== undefined;
  }
}
