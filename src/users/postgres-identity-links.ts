import { Injectable } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import type { Transaction } from '../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { type IdentityLink, IdentityLinks } from './identity-links.js';
import { identityLinks } from './identity-links.table.js';

/** In the table `identity_links`. */
@Injectable()
export class PostgresIdentityLinks extends IdentityLinks {
  private readonly db: Database;

  constructor({ db }: DatabaseConnection) {
    super();
    this.db = db;
  }

  async find(strategy: string, externalId: string): Promise<string | undefined> {
    const [link] = await this.db
      .select({ subject: identityLinks.subject })
      .from(identityLinks)
      .where(and(eq(identityLinks.strategy, strategy), eq(identityLinks.externalId, externalId)));
    return link?.subject;
  }

  async add(link: IdentityLink, transaction: Transaction): Promise<boolean> {
    const added = await handleOf(this.db, transaction)
      .insert(identityLinks)
      .values(link)
      .onConflictDoNothing()
      .returning({ subject: identityLinks.subject });
    return added.length > 0;
  }

  async listOf(subject: string): Promise<IdentityLink[]> {
    return this.db
      .select()
      .from(identityLinks)
      .where(eq(identityLinks.subject, subject))
      .orderBy(asc(identityLinks.createdAt), asc(identityLinks.strategy));
  }

  async forget(subject: string, transaction: Transaction): Promise<void> {
    await handleOf(this.db, transaction).delete(identityLinks).where(eq(identityLinks.subject, subject));
  }
}
