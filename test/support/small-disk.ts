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

/** Root mounts itself, others by `sudo` where that asks for no password. */
const AS_ROOT: readonly string[] = process.getuid?.() === 0 ? [] : ['sudo', '-n'];

/**
 * How tests on a full disk are run here, for their titles. A mount in a user namespace would be seen by the processes in it alone, and
 * the server under test is this process.
 */
export const FULL_DISK = canMount()
  ? 'a disk of its own is full'
  : 'it is told to refuse, as no disk may be mounted here';

function canMount(): boolean {
  const disk = mountSmallDisk(1);
  disk?.remove();
  return disk !== undefined;
}

function runAsRoot(...command: string[]): void {
  const [program = '', ...args] = [...AS_ROOT, ...command];
  execFileSync(program, args, { stdio: 'ignore' });
}

/**
 * @param owner who this process runs as, unless a server of another user is to write there
 * @returns undefined where nothing may be mounted: for users who may not become root, and in most containers
 */
export function mountSmallDisk(
  megabytes: number,
  owner: { uid: number; gid: number } = thisUser(),
): SmallDisk | undefined {
  // Not among the data of the run, which cannot be removed while something is mounted there.
  const path = mkdtempSync(join(tmpdir(), 'latchkey-disk-'));
  try {
    const options = `size=${megabytes}m,mode=700,uid=${owner.uid},gid=${owner.gid}`;
    runAsRoot('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path);
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
      runAsRoot('umount', '-l', path);
      rmdirSync(path);
    },
  };
}

function thisUser(): { uid: number; gid: number } {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
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
