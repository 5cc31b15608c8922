import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { cookieSecurityOf } from '../auth/cookies/cookie-security.js';
import type { InitialAdmin } from '../admin/initial-admin-account.js';
import { announcementOf } from '../admin/initial-admin-start.js';
import type { LatchkeyConfig } from '../config/config.js';
import { DOCS_PATH } from '../http/openapi.js';

/** The ready message: for people, or as a log line in production. */
export function announceReady(
  config: LatchkeyConfig,
  admin: InitialAdmin | undefined,
  adminFile: string | undefined,
): void {
  const { app, database } = config;
  const url = listeningUrl(config);
  const cookies = cookieSecurityOf(app, config.http);
  if (app.production) {
    const logger = new Logger('Start');
    if (admin) logger.log(`The initial administrator's one-time password is in ${adminFile}`);
    if (cookies !== 'secure') {
      const what = cookies === 'none' ? 'there is no cookie mode' : 'cookies are set without Secure';
      logger.warn(`PUBLIC_URL is http: ${what}.`);
    }
    logger.log(`Latchkey is ready at ${url}`);
    return;
  }
  const lines = ['', `Latchkey is ready.`, '', `  URL      ${url}`];
  if (config.http.docs) lines.push(`  Docs     ${url}${DOCS_PATH}   (Swagger UI: the way to explore)`);
  if (config.pages.on) lines.push(`  Account  ${url}/account   (sign in with a browser)`);
  lines.push(`  Data     ${database.url === undefined ? database.directory : 'PostgreSQL (DATABASE_URL)'}`);
  if (cookies === 'plain') lines.push('  Cookies  without Secure, for development: PUBLIC_URL is http');
  if (admin) lines.push(announcementOf(admin).trimEnd());
  // In other modes no caller comes in so.
  if (config.registration.mode === 'open') lines.push('', '  Try it:', `    ${exampleRequest(url)}`);
  lines.push('', '');
  process.stdout.write(lines.join('\n'));
}

function exampleRequest(url: string): string {
  // Another address at each start, so that the line always works.
  const email = `ada-${randomBytes(2).toString('hex')}@example.com`;
  const body = JSON.stringify({ email, password: 'correct horse battery staple' });
  return `curl -s ${url}/api/auth/register -H 'content-type: application/json' -d '${body}'`;
}

function listeningUrl({ http }: LatchkeyConfig): string {
  const anyAddress = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(http.host);
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  return `http://${anyAddress ? 'localhost' : host}:${http.port}`;
}
