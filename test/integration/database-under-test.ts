import { describe } from '@jest/globals';
import type { DatabaseConfig } from '../../src/config/config.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { openDatabase } from '../../src/database/open-database.js';
import { createDatabase, describeWithPostgres } from '../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../support/services/migrated-database.js';
import { temporaryDirectory } from '../support/test-config.js';

/** Connections of one pool: fewer than the calls that tests make at once, as in production. */
const POOL_MAX = 5;

type Connections = readonly [DatabaseConnection, ...DatabaseConnection[]];

/** A migrated database of its own for a group of tests. */
export interface DatabaseUnderTest {
  /** As separate processes would have them; the embedded database lets in only one. */
  readonly connections: Connections;
  /** Closes it and opens it again, as a restart of all processes does. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/** @param processes how many connections; the embedded database has one, whatever is asked */
export type OpenDatabaseUnderTest = (processes?: number) => Promise<DatabaseUnderTest>;

/**
 * The same tests on the embedded database and on PostgreSQL.
 * @param options.migratedBefore false: each is migrated on its own, for tests of just that
 */
export function describeOnEachDatabase(
  title: string,
  body: (open: OpenDatabaseUnderTest) => void,
  { migratedBefore } = { migratedBefore: true },
): void {
  describe(`${title} on PGlite`, () => {
    body(() => openEmbedded(migratedBefore));
  });
  describeWithPostgres(`${title} on PostgreSQL`, () => {
    body((processes) => openOnServer(migratedBefore, processes));
  });
}

async function openEmbedded(migratedBefore: boolean): Promise<DatabaseUnderTest> {
  const directory = temporaryDirectory();
  const config = {
    url: undefined,
    poolMax: POOL_MAX,
    directory: `${directory.path}/database`,
    schema: undefined,
  };
  if (migratedBefore) await copyMigratedDirectory(config.directory);
  return open(config, 1, () => Promise.resolve(directory.remove()));
}

async function openOnServer(migratedBefore: boolean, processes = 1): Promise<DatabaseUnderTest> {
  const database = await (migratedBefore ? createMigratedDatabase() : createDatabase());
  return open({ url: database.url, poolMax: POOL_MAX, directory: '', schema: undefined }, processes, () =>
    database.drop(),
  );
}

async function open(
  config: DatabaseConfig,
  processes: number,
  remove: () => Promise<void>,
): Promise<DatabaseUnderTest> {
  let connections = await connect(config, processes);
  return {
    get connections() {
      return connections;
    },
    restart: async () => {
      await close(connections);
      connections = await connect(config, processes);
    },
    remove: async () => {
      await close(connections);
      await remove();
    },
  };
}

async function connect(config: DatabaseConfig, processes: number): Promise<Connections> {
  const first = await openDatabase(config);
  await first.migrate(MIGRATIONS_FOLDER);
  const others = Array.from({ length: processes - 1 }, () => openDatabase(config));
  return [first, ...(await Promise.all(others))];
}

async function close(connections: Connections): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}
