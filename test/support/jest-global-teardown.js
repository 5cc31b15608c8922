import pg from 'pg';
import { stopProcesses } from './services/server-process.js';
import { TEMPLATE_DATABASE } from './services/service.js';
import { removeDirectoriesOfEndedRuns, removeTemporaryDirectories } from './services/temporary-directory.js';

export default async function tearDown() {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) await dropTemplate(given);
  await stopProcesses();
  removeTemporaryDirectories();
  removeDirectoriesOfEndedRuns();
}

/**
 * A server of our own goes away with all that is in it.
 * @param {string} url
 */
async function dropTemplate(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${process.env[TEMPLATE_DATABASE]}`);
  } finally {
    await client.end();
  }
}
