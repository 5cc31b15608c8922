// For the worker thread, and so JavaScript.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const RECORD = 512;
const FILE = '0';
const FOLDER = '5';

/**
 * Unpacks the initialised empty database that comes with PGlite: a tar archive. PGlite would do it through its own file
 * system, which takes a second longer; `initdb` takes several.
 * @param {string} directory exists, and is empty
 */
export async function unpackEmptyDatabase(directory) {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  const archive = gunzipSync(await (await dataDir()).arrayBuffer());
  // A record of zeros follows the last entry.
  for (let offset = 0; archive[offset];) {
    const header = archive.toString('latin1', offset, offset + RECORD);
    const path = join(directory, header.slice(0, header.indexOf('\0')));
    const size = Number.parseInt(header.slice(124, 136), 8);
    const type = header.charAt(156);
    const content = offset + RECORD;
    if (type === FOLDER) mkdirSync(path, { recursive: true, mode: 0o700 });
    else if (type === FILE) writeFileSync(path, archive.subarray(content, content + size), { mode: 0o600 });
    else throw new Error(`The archive of an empty database has an entry of type ${type}.`);
    offset = content + Math.ceil(size / RECORD) * RECORD;
  }
}
