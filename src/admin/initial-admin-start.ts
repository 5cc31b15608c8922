import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { AppConfig } from '../config/config.js';
import type { InitialAdmin } from './initial-admin-account.js';
import { InitialAdminFile } from './initial-admin-file.js';
import type { InitialAdminService } from './initial-admin.service.js';
import { removeUsedPassword } from './remove-used-password.js';

/**
 * What an application does for its first administrator as it starts: nothing, tell the operator (in production by a file in
 * `DATA_DIR`, else on standard output), or tell a function.
 */
export type InitialAdminOption = boolean | ((admin: InitialAdmin) => void | Promise<void>);

/** Makes the first administrator when the application starts, if it is to. */
export class InitialAdminStart implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('InitialAdmin');
  private stop = (): void => undefined;

  constructor(
    private readonly admins: InitialAdminService,
    private readonly config: AppConfig,
    private readonly option: InitialAdminOption,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.option === false) return;
    if (this.option === true && this.config.production) return this.keepInFile();
    const admin = await this.admins.ensure();
    if (!admin) return;
    if (this.option === true) process.stdout.write(announcementOf(admin));
    else await this.option(admin);
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  private async keepInFile(): Promise<void> {
    const file = new InitialAdminFile(this.config.dataDir);
    const admin = await this.admins.ensure(file);
    if (admin) this.logger.log(`The initial administrator's one-time password is in ${file.path}`);
    this.stop = removeUsedPassword(file, this.admins);
  }
}

/** For the operator, and never for a log. */
export function announcementOf({ email, password, expiresAt }: InitialAdmin): string {
  return [
    '',
    '  Initial administrator, shown this once; the password must be changed at its first use:',
    `    e-mail     ${email}`,
    `    password   ${password}`,
    `    good until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
  ].join('\n');
}
