import { readFileSync } from 'node:fs';

/** @typedef {{ uid: number, gid: number }} User */

/**
 * The user PostgreSQL has to run as: it refuses to run as root, so root lends it `postgres` or `nobody`.
 * @returns {User | undefined} undefined where nothing needs to change
 */
export function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(accounts) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody');
}
