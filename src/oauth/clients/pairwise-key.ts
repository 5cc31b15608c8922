import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { type Database, InjectDatabase } from '../../database/database.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { oauthPairwiseKeys } from './oauth-pairwise-keys.table.js';

const PURPOSE = 'pairwise-subjects';

/** What pairwise subjects are made with: one key for good, in the database, whatever becomes of `APP_SECRET`. */
@Injectable()
export class PairwiseKey {
  private known: Promise<KeyObject> | undefined;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly keys: DerivedKeys,
  ) {}

  /** Kept in process once it was read. */
  async get(): Promise<KeyObject> {
    this.known ??= this.readOrMake();
    try {
      return await this.known;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  private async readOrMake(): Promise<KeyObject> {
    const key = (await this.read()) ?? (await this.make());
    return createSecretKey(Buffer.from(key, 'base64url'));
  }

  /** That of `APP_SECRET`, as older versions had it: ids stay what they were. Of instances that make one at once the first does. */
  private async make(): Promise<string> {
    const key = this.keys.derive(PURPOSE).current.export().toString('base64url');
    await this.db.insert(oauthPairwiseKeys).values({ purpose: PURPOSE, key }).onConflictDoNothing();
    return (await this.read()) ?? key;
  }

  private async read(): Promise<string | undefined> {
    const [row] = await this.db
      .select({ key: oauthPairwiseKeys.key })
      .from(oauthPairwiseKeys)
      .where(eq(oauthPairwiseKeys.purpose, PURPOSE));
    return row?.key;
  }
}
