import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, that can be filled. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  /** Takes away what filled it. */
  empty(): void;
  remove(): void;
}

/**
 * @param owner root, unless a server of another user is to write there
 * @returns undefined where nothing may be mounted: for users other than root, and in most containers
 */
export function mountSmallDisk(
  megabytes: number,
  owner: { uid: number; gid: number } = { uid: 0, gid: 0 },
): SmallDisk | undefined {
  // Not among the data of the run, which cannot be removed while something is mounted there.
  const path = mkdtempSync(join(tmpdir(), 'latchkey-disk-'));
  try {
    const options = `size=${megabytes}m,mode=700,uid=${owner.uid},gid=${owner.gid}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmdirSync(path);
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fill(filler),
    empty: () => rmSync(filler, { force: true }),
    remove: () => {
      // Lazily: a server that could not be closed still has files open there.
      execFileSync('umount', ['-l', path], { stdio: 'ignore' });
      rmdirSync(path);
    },
  };
}

const BLOCK = Buffer.alloc(4_096);

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, BLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
