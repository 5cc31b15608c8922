import Database from 'libsql';
import { Clock, type LatchkeyComposition, UsersRepository } from 'latchkey';
import { SqliteUsers } from './sqlite-users.js';

/** @param path of a file, or `:memory:` */
export const usersInSqlite = (path: string): LatchkeyComposition => ({
  providers: [
    {
      provide: UsersRepository,
      inject: [Clock],
      useFactory: (clock: Clock) => new SqliteUsers(new Database(path), clock),
    },
  ],
});
