import { randomBytes } from 'node:crypto';
import { findChromium } from './services/find-chromium.js';
import { stopProcesses } from './services/server-process.js';
import {
  APACHE,
  AUTHLIB,
  CADDY,
  CHROMIUM,
  CLOSING_LINE,
  DATA,
  DATABASE_URL,
  FAKETIME,
  HAPROXY,
  NGINX,
  PG_DUMP,
  OPENSSL,
  PGBOUNCER,
  PROMETHEUS,
  PYTHON,
  REDIS_URL,
  RUN,
  SLAPD,
  ZSH,
  FISH,
  TEMPLATE_DATABASE,
} from './services/service.js';
import { findApache } from './services/find-apache.js';
import { findCaddy } from './services/find-caddy.js';
import { findNginx } from './services/find-nginx.js';
import { findPgDump } from './services/find-pg-dump.js';
import {
  findFaketime,
  findOpensslForRedis,
  findPythonWithAuthlib,
  findPythonWithGrpc,
  findShell,
} from './services/find-programs.js';
import { findHaproxy } from './services/start-haproxy.js';
import { findPgbouncer } from './services/start-pgbouncer.js';
import { startPostgres } from './services/start-postgres.js';
import { findPrometheus } from './services/start-prometheus.js';
import { findSlapd } from './services/start-slapd.js';
import { startRedis } from './services/start-redis.js';
import {
  databasesParent,
  makeTemporaryDirectory,
  removeDirectoriesOfEndedRuns,
  removeTemporaryDirectories,
} from './services/temporary-directory.js';

// Plain JavaScript, like all that it imports: Jest maps './x.js' to './x.ts' for tests, not for this file.

/** Starts, once for the whole run, the servers that the tests need. */
export default async function setUp() {
  process.env[RUN] = String(process.pid);
  removeDirectoriesOfEndedRuns();
  try {
    const outcomes = await Promise.allSettled([
      startPostgres(),
      startRedis(),
      findChromium(),
      findPgbouncer(),
      findSlapd(),
      findHaproxy(),
      findNginx(),
      findCaddy(),
      findApache(),
      findPgDump(),
      findPrometheus(),
      Promise.resolve(findPythonWithGrpc()),
      Promise.resolve(findPythonWithAuthlib()),
      Promise.resolve(findFaketime()),
      Promise.resolve(findOpensslForRedis()),
      Promise.resolve(findShell('zsh')),
      Promise.resolve(findShell('fish')),
    ]);
    const services = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    const missing = services.flatMap((service) => ('missing' in service ? [service.missing] : []));
    if (missing.length > 0 && process.env['REQUIRE_SERVICES'] === '1') {
      throw new Error(`REQUIRE_SERVICES=1, and there is no ${missing.join(', no ')}`);
    }

    const servers = [DATABASE_URL, REDIS_URL, CHROMIUM, PGBOUNCER, SLAPD, HAPROXY, NGINX, CADDY, APACHE];
    const names = [...servers, PG_DUMP, PROMETHEUS, PYTHON, AUTHLIB, FAKETIME, OPENSSL, ZSH, FISH];
    names.forEach((name, index) => {
      const service = services[index];
      delete process.env[name];
      if (service && 'value' in service) process.env[name] = service.value;
    });
    const found = services.flatMap((service) => ('found' in service ? [service.found] : []));
    process.env[DATA] = makeTemporaryDirectory('test', undefined, databasesParent());
    process.env[TEMPLATE_DATABASE] = `latchkey_template_${randomBytes(8).toString('hex')}`;
    process.env[CLOSING_LINE] =
      missing.length > 0
        ? `Skipped for want of a server: ${missing.join(', ')}`
        : `Every tier ran: ${['PGlite', ...found].join(', ')}`;
  } catch (error) {
    // Jest runs no teardown after a setup that failed.
    await stopProcesses();
    removeTemporaryDirectories();
    throw withoutStack(error);
  }
}

/**
 * Jest prints the stack of what a setup throws, and these messages are for developers.
 * @param {unknown} error
 */
function withoutStack(error) {
  if (error instanceof Error) error.stack = error.message;
  return error;
}
