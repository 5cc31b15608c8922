import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.js';
import type { LatchkeyConfig } from '../../src/config/config.js';
import { DATA } from './services/service.js';

export type TestEnvironment = Record<string, string>;

/** Cheap hashing and no limits: what a test is not about must not slow it down or get in its way. */
const DEFAULTS: TestEnvironment = {
  NODE_ENV: 'test',
  BCRYPT_COST: '4',
  LOGIN_RATE_LIMIT: '100000/1m',
  REGISTER_RATE_LIMIT: '100000/1m',
  REFRESH_RATE_LIMIT: '100000/1m',
  FORGOT_RATE_LIMIT: '100000/1m',
  RESET_RATE_LIMIT: '100000/1m',
  VERIFY_RATE_LIMIT: '100000/1m',
  RESEND_RATE_LIMIT: '100000/1m',
  REAUTHENTICATION_RATE_LIMIT: '100000/1m',
  CREDENTIAL_RATE_LIMIT: '100000/1m',
  OAUTH_RATE_LIMIT: '100000/1m',
  OAUTH_CLIENT_RATE_LIMIT: '100000/1m',
  OAUTH_SECRET_RATE_LIMIT: '100000/1m',
  MAIL_RATE_LIMIT: '100000/1m',
  ACCOUNT_FAILURES: '100000',
};

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(process.env[DATA] ?? tmpdir(), 'latchkey-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function testEnvironment(dataDir: string, environment: TestEnvironment = {}): TestEnvironment {
  return { ...DEFAULTS, DATA_DIR: dataDir, APP_SECRET: randomBytes(32).toString('base64'), ...environment };
}

export function testConfig(dataDir: string, environment: TestEnvironment = {}): LatchkeyConfig {
  return loadConfig(testEnvironment(dataDir, environment), environment['PORT'] === undefined ? 0 : undefined);
}
