import { existsSync } from 'node:fs';
import { postgres, type TestDatabase } from './services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from './services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from './test-config.js';

/** For a test that is about the embedded database, or about each of them. */
export const EMBEDDED: TestEnvironment = { DATABASE_URL: '' };

/** `TEST_EMBEDDED=1` leaves all tests that do not say where they keep their data to the embedded database. */
const prefersEmbedded = process.env['TEST_EMBEDDED'] === '1';

/** What a test has that does not name its database: undefined where it is the embedded one. */
export async function createDefaultDatabase(): Promise<TestDatabase | undefined> {
  return postgres && !prefersEmbedded ? createMigratedDatabase() : undefined;
}

export interface TestStoreOptions {
  readonly environment?: TestEnvironment | undefined;
  /** Kept across restarts by the test that passes it; otherwise a new one. */
  readonly dataDir?: string | undefined;
  /** false: the server migrates its embedded database itself, instead of starting on a copy */
  readonly migratedBefore?: boolean | undefined;
}

/** Where a server of a test keeps its data. */
export interface TestStore {
  readonly dataDir: string;
  readonly environment: TestEnvironment;
  /** Once the server is closed. */
  remove(): Promise<void>;
}

/**
 * A migrated database. Unless the test says which, it is on PostgreSQL where there is one: a server starts there, and
 * answers, in half the processor's time that it takes on the embedded one.
 */
export async function createTestStore(options: TestStoreOptions): Promise<TestStore> {
  const { DATABASE_URL: asked, ...rest } = options.environment ?? {};
  const own = options.dataDir === undefined ? temporaryDirectory() : undefined;
  const dataDir = own?.path ?? options.dataDir ?? '';
  const mayChoose = asked === undefined && own !== undefined;
  const created = mayChoose ? await createDefaultDatabase() : undefined;
  const url = created?.url ?? asked ?? '';
  const environment = testEnvironment(dataDir, { ...rest, ...(url !== '' && { DATABASE_URL: url }) });

  const directory = `${dataDir}/database`;
  if (url === '' && !existsSync(directory) && options.migratedBefore !== false) {
    await copyMigratedDirectory(directory);
  }
  return {
    dataDir,
    environment,
    remove: async () => {
      await created?.drop();
      own?.remove();
    },
  };
}
