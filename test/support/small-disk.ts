import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './test-config.js';

/** A file system of its own, that can be filled. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  /** Takes away what filled it. */
  empty(): void;
  remove(): void;
}

/** @returns undefined where nothing may be mounted: for users other than root, and in most containers */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const directory = temporaryDirectory();
  const { path } = directory;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', path], {
      stdio: 'ignore',
    });
  } catch {
    directory.remove();
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fill(filler),
    empty: () => rmSync(filler, { force: true }),
    remove: () => {
      execFileSync('umount', [path], { stdio: 'ignore' });
      directory.remove();
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
