import Database from 'libsql';
import { type LatchkeyComposition, RevocationStore, SessionsRepository } from 'latchkey';
import { SqliteRevocations, SqliteSessions } from './sqlite-sessions.js';

/** @param path of a file, or `:memory:` */
export function sessionsInSqlite(path: string): LatchkeyComposition {
  const db = new Database(path);
  return {
    providers: [
      { provide: SessionsRepository, useValue: new SqliteSessions(db) },
      { provide: RevocationStore, useValue: new SqliteRevocations(db) },
    ],
  };
}
