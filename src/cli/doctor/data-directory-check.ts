import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Findings } from './finding.js';
import type { Check } from './subject.js';

const MEGABYTE = 1_000_000;
/** Less is nothing that a database could work with. */
const FULL = 50 * MEGABYTE;
const LOW = 500 * MEGABYTE;
/** What is secret in it: the secret, the first password, mails, and the database. */
const SECRET = ['app-secret', 'initial-admin.txt', 'outbox', 'database'];
const OTHERS = 0o077;

/** `DATA_DIR`: room, and who may read it. */
export const dataDirectoryCheck: Check = {
  name: 'data directory',
  needs: ['DATA_DIR'],
  look: async ({ config: { app } }, findings) => {
    const there = await nearest(app.dataDir);
    try {
      await access(there, constants.W_OK | constants.X_OK);
    } catch {
      const advice = 'Give the user of the server the right to write there, or choose another DATA_DIR.';
      findings.fail(`${there} cannot be written to.`, advice);
      return;
    }
    await lookAtRoom(there, findings);
    if (there === app.dataDir) await lookAtModes(app.dataDir, findings);
    if (findings.all.length > 0) return;
    findings.ok(
      there === app.dataDir
        ? `${there} is there, and its user's alone.`
        : `${app.dataDir} is made at the first start.`,
    );
  },
};

/** The directory, or the one above that is there. */
async function nearest(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  const above = dirname(path);
  return found || above === path ? path : nearest(above);
}

async function lookAtRoom(path: string, findings: Findings): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const found = `${Math.floor(free / MEGABYTE)} MB are free in ${path}.`;
  if (free < FULL) findings.fail(found, 'Make room, or choose another DATA_DIR.');
  else if (free < LOW) findings.warn(found, 'Make room before it is full.');
}

async function lookAtModes(directory: string, findings: Findings): Promise<void> {
  // Windows keeps rights in another way.
  if (process.platform === 'win32') return;
  const within = SECRET.map((name) => join(directory, name));
  const [self, ...others] = await Promise.all([directory, ...within].map((path) => isOpen(path)));
  const open = [directory, ...within].filter((_, place) => [self, ...others][place]);
  if (open.length === 0) return;
  // A directory that is closed keeps others from what is in it.
  const reachable = self === true && others.includes(true);
  findings[reachable ? 'fail' : 'warn'](
    `Other users of this machine have rights to ${open.join(', ')}.`,
    `chmod -R go= ${directory}`,
  );
}

async function isOpen(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return ((found?.mode ?? 0) & OTHERS) !== 0;
}
