import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../../support/test-config.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MIGRATIONS = 'src/database/migrations';
const ARCHIVE_MAX = 100_000_000;

/** The server as it was before the newest migration, built from the repository's history. */
export class OlderVersion {
  private readonly directory = temporaryDirectory();
  /** Its file to run. */
  readonly main = join(this.directory.path, 'dist/main.js');

  /** @throws if there is no history, as in a shallow clone, or if it cannot be built with the libraries of today */
  constructor() {
    const { path } = this.directory;
    const archive = execFileSync('git', ['archive', `${commitOfNewestMigration()}^`], {
      cwd: ROOT,
      maxBuffer: ARCHIVE_MAX,
    });
    execFileSync('tar', ['-x', '-C', path], { input: archive });
    symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    execFileSync('npm', ['run', 'build'], { cwd: path, stdio: 'pipe' });
  }

  remove(): void {
    rmSync(this.directory.path, { recursive: true, force: true });
  }
}

function commitOfNewestMigration(): string {
  const newest = readdirSync(join(ROOT, MIGRATIONS))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .at(-1);
  const file = join(MIGRATIONS, newest ?? '');
  const args = ['log', '--diff-filter=A', '--format=%H', '-1', '--', file];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
