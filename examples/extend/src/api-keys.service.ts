import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { InjectDatabase } from 'latchkey';
import type { Database } from './database.js';

const apiKeys = pgTable('api_keys', {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  hash: text().notNull(),
});

/** Keys of users, of which only hashes are kept: 256 random bits need no slow one. */
@Injectable()
export class ApiKeysService {
  constructor(@InjectDatabase() private readonly database: Database) {}

  /** @returns the key, which is told once */
  async issue(userId: string): Promise<{ id: string; key: string }> {
    const key = `acme_${randomBytes(32).toString('base64url')}`;
    const [row] = await this.database
      .insert(apiKeys)
      .values({ userId, hash: hashOf(key) })
      .returning({ id: apiKeys.id });
    if (!row) throw new Error('PostgreSQL returned no row.');
    return { id: row.id, key };
  }

  async find(key: string): Promise<{ id: string; userId: string } | undefined> {
    const [row] = await this.database
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.hash, hashOf(key)));
    return row;
  }

  async withdraw(id: string, userId: string): Promise<void> {
    await this.database.delete(apiKeys).where(and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)));
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
