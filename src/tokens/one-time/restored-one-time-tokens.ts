import { Injectable } from '@nestjs/common';
import { DatabaseConnection } from '../../database/database.js';
import { oneTimeTokens } from './one-time-tokens.table.js';

/** The one-time tokens of a database that was restored: those used since the backup are in it again. */
@Injectable()
export class RestoredOneTimeTokens {
  constructor(private readonly connection: DatabaseConnection) {}

  /** No link that was mailed is good any more. @returns how many were */
  async endAll(): Promise<number> {
    const rows = await this.connection.db.delete(oneTimeTokens).returning({ id: oneTimeTokens.id });
    return rows.length;
  }
}
