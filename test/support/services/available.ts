import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '@jest/globals';
import pg from 'pg';
import {
  APACHE,
  AUTHLIB,
  CADDY,
  CHROMIUM,
  DATABASE_URL,
  FAKETIME,
  HAPROXY,
  NGINX,
  OPENSSL,
  PG_DUMP,
  PGBOUNCER,
  PROMETHEUS,
  PYTHON,
  REDIS_URL,
  SLAPD,
  ZSH,
  FISH,
} from './service.js';

/** What the global setup found or started for this run. */
export const postgres = urlFrom(DATABASE_URL);
export const redis = urlFrom(REDIS_URL);
export const chromium = process.env[CHROMIUM] ? { executablePath: process.env[CHROMIUM] } : undefined;

/** The programs. */
export const haproxy = process.env[HAPROXY] ? { path: process.env[HAPROXY] } : undefined;
export const nginx = process.env[NGINX] ? { path: process.env[NGINX] } : undefined;
export const apache = process.env[APACHE] ? { path: process.env[APACHE] } : undefined;
export const caddy = process.env[CADDY] ? { path: process.env[CADDY] } : undefined;
export const prometheus = process.env[PROMETHEUS] ? { path: process.env[PROMETHEUS] } : undefined;
export const slapd = process.env[SLAPD] ? { path: process.env[SLAPD] } : undefined;

/** Python with `grpc`, Python with Authlib, and `openssl` with a Redis that speaks TLS; of libfaketime the library. */
export const python = process.env[PYTHON] ? { path: process.env[PYTHON] } : undefined;
export const authlib = process.env[AUTHLIB] ? { path: process.env[AUTHLIB] } : undefined;
export const openssl = process.env[OPENSSL] ? { path: process.env[OPENSSL] } : undefined;
export const zsh = process.env[ZSH] ? { path: process.env[ZSH] } : undefined;
export const fish = process.env[FISH] ? { path: process.env[FISH] } : undefined;
export const faketime = process.env[FAKETIME] ? { path: process.env[FAKETIME] } : undefined;

/** The program; it is of use with PostgreSQL only. */
export const pgbouncer = postgres && process.env[PGBOUNCER] ? { path: process.env[PGBOUNCER] } : undefined;

/** The directory of `pg_dump` and `pg_restore`; they are of use with PostgreSQL only. */
export const pgDump = postgres && process.env[PG_DUMP] ? { path: process.env[PG_DUMP] } : undefined;

/** `describe`, skipped where there is no such server. Its body still runs: use the server in hooks and tests. */
export const describeWithPostgres = describeIf(postgres);
export const describeWithRedis = describeIf(redis);
export const describeWithPgbouncer = describeIf(pgbouncer);
export const describeWithPgDump = describeIf(pgDump);
export const describeWithSlapd = describeIf(slapd);
export const describeWithHaproxy = describeIf(haproxy);
export const describeWithNginx = describeIf(nginx);
export const describeWithApache = describeIf(apache);
export const describeWithCaddy = describeIf(caddy);
export const describeWithPrometheus = describeIf(prometheus);
export const describeWithPython = describeIf(python);
export const describeWithAuthlib = describeIf(authlib);
export const describeWithFaketime = describeIf(faketime);
export const describeWithZsh = describeIf(zsh);
export const describeWithFish = describeIf(fish);
export const describeWithRedisTls = describeIf(openssl);
export const describeWithChromium = describeIf(chromium);

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * An empty database of its own, since test files run in parallel and must not meet.
 * @param template one without connections: a template in use cannot be copied
 */
export async function createDatabase(template = 'template0'): Promise<TestDatabase> {
  const name = `latchkey_test_${randomBytes(8).toString('hex')}`;
  await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  const drop = async () => {
    await onServer(async (client) => {
      await untilUnused(client, name);
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  };
  return { name, url: url.href, drop };
}

const CLOSED_WITHIN = 2_000;

/** A pool that has ended may still have connections on their way out; cut off then, they are errors that no listener hears. */
async function untilUnused(client: pg.Client, database: string): Promise<void> {
  const deadline = performance.now() + CLOSED_WITHIN;
  while (performance.now() < deadline) {
    const { rowCount } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [database]);
    if (rowCount === 0) return;
    await sleep(10);
  }
}

/** Runs statements on the server, outside the databases of tests. */
export async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  if (!postgres) throw new Error('There is no PostgreSQL in this run: put the test in describeWithPostgres.');
  return postgres.url;
}

function urlFrom(name: string): { url: string } | undefined {
  const url = process.env[name];
  return url ? { url } : undefined;
}

function describeIf(service: unknown): (title: string, body: () => void) => void {
  return service ? describe : describe.skip;
}
