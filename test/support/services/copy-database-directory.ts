import {
  closeSync,
  constants,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';

const PAGE = 8192;
const ZEROS = Buffer.alloc(PAGE);
const LOG = '/pg_wal';

/**
 * Copies the directory of a database that nothing has open.
 * @param to does not exist
 */
export function copyDatabaseDirectory(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  const copyFile = from.endsWith(LOG) ? copySegment : copyPlainFile;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const copy = entry.isDirectory() ? copyDatabaseDirectory : copyFile;
    copy(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

function copyPlainFile(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** Most of the log, which is nearly half of a new database, is zeros: they become a hole in the file. */
function copySegment(from: string, to: string): void {
  const content = readFileSync(from);
  let end = content.length;
  while (end >= PAGE && content.subarray(end - PAGE, end).equals(ZEROS)) end -= PAGE;
  const file = openSync(to, 'wx', 0o600);
  try {
    writeSync(file, content, 0, end);
    ftruncateSync(file, content.length);
  } finally {
    closeSync(file);
  }
}
