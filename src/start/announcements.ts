import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { InitialAdmin } from '../admin/initial-admin.service.js';
import type { LatchkeyConfig } from '../config/slices.js';
import { DOCS_PATH } from '../http/openapi.js';

const ADMIN_FILE = 'initial-admin.txt';

/** The ready message: for people, or as a log line in production. */
export function announceReady(config: LatchkeyConfig, admin: InitialAdmin | undefined): void {
  const { app, database } = config;
  const url = listeningUrl(config);
  if (app.production) {
    const logger = new Logger('Start');
    if (admin)
      logger.log(`The initial administrator's one-time password is in ${writeAdminFile(app.dataDir, admin)}`);
    logger.log(`Latchkey is ready at ${url}`);
    return;
  }
  const lines = ['', `Latchkey is ready.`, '', `  URL    ${url}`];
  if (config.http.docs) lines.push(`  Docs   ${url}${DOCS_PATH}   (Swagger UI: the way to explore)`);
  lines.push(`  Data   ${database.url === undefined ? database.directory : 'PostgreSQL (DATABASE_URL)'}`);
  if (admin) {
    lines.push(
      '',
      '  Initial administrator, shown this once; the password must be changed at its first use:',
      `    e-mail     ${admin.email}`,
      `    password   ${admin.password}`,
    );
  }
  lines.push('', '  Try it:', `    ${exampleRequest(url)}`, '', '');
  process.stdout.write(lines.join('\n'));
}

function exampleRequest(url: string): string {
  const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery staple' });
  return `curl -s ${url}/api/auth/register -H 'content-type: application/json' -d '${body}'`;
}

/** Logs are collected and kept; a password has no place in them. */
function writeAdminFile(dataDir: string, admin: InitialAdmin): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, ADMIN_FILE);
  writeFileSync(path, `${admin.email}\n${admin.password}\n`, { mode: 0o600 });
  return path;
}

function listeningUrl({ http }: LatchkeyConfig): string {
  const anyAddress = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(http.host);
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  return `http://${anyAddress ? 'localhost' : host}:${http.port}`;
}
