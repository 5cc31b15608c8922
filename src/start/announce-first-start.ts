import { existsSync } from 'node:fs';
import type { LatchkeyConfig } from '../config/config.js';

/** Says what takes a moment, where it does. */
export function announceFirstStart({ app, database }: LatchkeyConfig): void {
  if (app.production || database.url !== undefined || existsSync(database.directory)) return;
  process.stdout.write(`First start: making the embedded database in ${database.directory} …\n`);
}
