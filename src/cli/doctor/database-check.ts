import { existsSync } from 'node:fs';
import type { LatchkeyConfig } from '../../config/config.js';
import { clockDifference, CLOCKS_APART } from '../../database/clock-difference.js';
import type { DatabaseConnection } from '../../database/database.js';
import { DirectoryInUseError } from '../../database/directory-lock.js';
import { migrationStatus } from '../../database/migration-status.js';
import { openDatabase } from '../../database/open-database.js';
import { lookAtServer } from './database-server.js';
import type { Findings } from './finding.js';
import { lookAtSigningKeys } from './signing-keys-check.js';
import type { Check, Subject } from './subject.js';

/** The database, and what is in it: over one connection, as the embedded one is open to one process. */
export const databaseCheck: Check = {
  name: 'database',
  needs: ['DATABASE_URL', 'DATABASE_SCHEMA', 'DATA_DIR'],
  look: async (subject, findings) => {
    const connection = await open(subject.config, findings);
    if (!connection) return;
    try {
      await connection.ping();
      if (!connection.shared) findings.ok(`${capitalised(connection.description)} answers.`);
      else if (!(await lookAtServer(connection, subject, findings))) return;
      if (connection.shared) await lookAtClock(connection, subject, findings.of('clock'));
      if (await lookAtMigrations(connection, subject, findings.of('migrations')))
        await lookAtSigningKeys(connection, subject, findings.of('signing keys'));
    } finally {
      await connection.close();
    }
  },
};

/** Makes no directory, and disturbs no server that has it open. */
async function open(
  { database, app }: LatchkeyConfig,
  findings: Findings,
): Promise<DatabaseConnection | undefined> {
  if (database.url === undefined && !existsSync(database.directory)) {
    findings.ok(`The embedded database is made in ${app.dataDir} at the first start.`);
    return undefined;
  }
  try {
    return await openDatabase(database);
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    findings.skipped('A server has the embedded database open: stop it to have its inside looked at.');
    return undefined;
  }
}

/** @returns whether there is something to look at in the tables */
async function lookAtMigrations(
  connection: DatabaseConnection,
  { config }: Subject,
  findings: Findings,
): Promise<boolean> {
  const { applied, missing, unknown } = await migrationStatus(connection, config.database.schema);
  if (unknown > 0)
    findings.warn(
      `${unknown} migrations of a later version are applied.`,
      'Run that version, or read in docs/operations.md how far versions may be apart.',
    );
  else if (missing.length === 0) findings.ok(`All ${applied.length} are applied.`);
  else if (applied.length === 0) findings.ok('None is applied: the first start applies all.');
  else
    findings.warn(
      `${missing.length} are not applied: ${missing.join(', ')}.`,
      'latchkey migrate, or any start, applies them.',
    );
  return applied.length > 0;
}

async function lookAtClock(
  connection: DatabaseConnection,
  { config }: Subject,
  findings: Findings,
): Promise<void> {
  const ahead = await clockDifference(connection);
  const apart = Math.abs(ahead);
  if (apart < CLOCKS_APART) {
    findings.ok("It shows the time of the database's.");
    return;
  }
  const found = `It is ${Math.round(apart / 1_000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the database's`;
  const advice = 'Keep both in time, by NTP say.';
  if (apart > config.tokens.clockLeeway)
    findings.fail(`${found}, more than CLOCK_LEEWAY: other instances refuse its tokens.`, advice);
  else findings.warn(`${found}.`, advice);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
