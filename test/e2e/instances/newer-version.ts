import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../../support/test-config.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TAG = '9999_of_a_newer_version';

/** The built server once more, with one migration beyond those there are. */
export class NewerVersion {
  private readonly directory = temporaryDirectory();
  /** Its file to run. */
  readonly main: string;

  /** @param statements of the migration */
  constructor(statements: readonly string[]) {
    const { path } = this.directory;
    mkdirSync(join(path, 'dist'));
    cpSync(join(ROOT, 'dist'), join(path, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(path, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    const migrations = join(path, 'dist/database/migrations');
    writeFileSync(join(migrations, `${TAG}.sql`), statements.join('\n--> statement-breakpoint\n'));
    const journalFile = join(migrations, 'meta/_journal.json');
    const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as {
      entries: { idx: number; when: number }[];
    };
    const last = journal.entries.at(-1);
    if (!last) throw new Error('There are no migrations.');
    const entry = { ...last, idx: last.idx + 1, when: last.when + 1, tag: TAG };
    writeFileSync(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
    this.main = join(path, 'dist/main.js');
  }

  remove(): void {
    rmSync(this.directory.path, { recursive: true, force: true });
  }
}
