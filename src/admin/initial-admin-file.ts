import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../common/make-directory.js';
import type { InitialAdmin } from './initial-admin-account.js';
import type { InitialAdminKeeper } from './initial-admin.service.js';

/** Where the one-time password goes in production, since logs are collected and kept. */
export class InitialAdminFile implements InitialAdminKeeper {
  readonly path: string;
  private readonly draft: string;

  constructor(private readonly dataDir: string) {
    this.path = join(dataDir, 'initial-admin.txt');
    this.draft = `${this.path}.${randomUUID()}`;
  }

  prepare({ email, password }: InitialAdmin): void {
    makeDirectory(this.dataDir);
    writeFileSync(this.draft, `${email}\n${password}\n`, { mode: 0o600, flag: 'wx' });
  }

  keep(): void {
    renameSync(this.draft, this.path);
  }

  /** Also that of an earlier start. */
  get exists(): boolean {
    return existsSync(this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  discard(): void {
    rmSync(this.draft, { force: true });
  }
}
