import type { LoggerService } from '@nestjs/common';
import type { AppOverrides } from './app.module.js';
import type { DatabaseConnection } from './database/database.js';

/** What may stand in for a default when the whole server is made. */
export interface ApplicationOptions {
  readonly logger?: LoggerService | false;
  readonly overrides?: AppOverrides;
  /** Opened already, or being opened; closed with the application. */
  readonly database?: Promise<DatabaseConnection>;
}
