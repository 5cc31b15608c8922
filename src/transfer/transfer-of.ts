import type { Abstract } from '@nestjs/common';
import { AuditSink } from '../audit/audit-sink.js';
import { BCRYPT_MAX_COST } from '../auth/passwords/formats/bcrypt.js';
import { Clock } from '../common/clock.js';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { UnitOfWork } from '../common/unit-of-work.js';
import { PasswordsConfig } from '../config/config.js';
import { DatabaseConnection } from '../database/database.js';
import { PostgresUsersRepository } from '../users/postgres-users.repository.js';
import { UserBatches } from '../users/user-batches.js';
import { UsersRepository } from '../users/users.repository.js';
import { UserExport } from './user-export.js';
import { UserImport } from './user-import.js';

/** An application's parts. */
interface Services {
  service<T>(type: Abstract<T>): Promise<T>;
}

/** An application's import, and what it is made with. */
export interface Importer {
  readonly importer: UserImport;
  /** Milliseconds. */
  readonly now: number;
  readonly maxOwnCost: number;
}

/** @throws LatchkeyError if its users are not in the database */
export async function importerOf(app: Services): Promise<Importer> {
  const batches = await batchesOf(app);
  const { bcryptCost } = await app.service(PasswordsConfig);
  return {
    importer: new UserImport(batches, await app.service(UnitOfWork), await app.service(AuditSink)),
    now: (await app.service(Clock)).now(),
    maxOwnCost: Math.max(BCRYPT_MAX_COST, bcryptCost),
  };
}

/** @throws LatchkeyError if its users are not in the database */
export async function exporterOf(app: Services): Promise<UserExport> {
  return new UserExport(await batchesOf(app), await app.service(AuditSink));
}

async function batchesOf(app: Services): Promise<UserBatches> {
  if (!((await app.service(UsersRepository)) instanceof PostgresUsersRepository)) {
    throw new LatchkeyError('VALIDATION_FAILED', 'The users of this application are kept elsewhere.');
  }
  return new UserBatches(await app.service(DatabaseConnection));
}
