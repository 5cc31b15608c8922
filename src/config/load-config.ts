import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LatchkeyConfig } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import { dataDirProblem } from './data-dir-problem.js';
import { generatedSecret } from './generated-secret.js';
import { type EnvironmentSource, readSettings } from './read-settings.js';
import { secret } from './settings/parsers.js';

/**
 * The configuration from the environment. Outside production a missing `APP_SECRET` is generated into `DATA_DIR`.
 * @param listeningPort stands in for `PORT`, once `PORT=0` has been resolved to a free one
 * @throws ConfigurationError with one line for each bad value
 */
export function loadConfig(source: EnvironmentSource = process.env, listeningPort?: number): LatchkeyConfig {
  const { breachedPasswords, ...values } = readSettings(source);
  const { app, http, tokens, mail, pages, oneTimeTokens, registration } = values;
  const port = listeningPort ?? http.port;
  const publicUrl = http.publicUrl ?? `http://localhost:${port}`;
  return deepFreeze<LatchkeyConfig>({
    ...values,
    http: { ...http, port, publicUrl, docs: http.docs ?? !app.production },
    database: { ...values.database, directory: join(app.dataDir, 'database') },
    tokens: {
      ...tokens,
      appSecret: tokens.appSecret ?? generatedKey(app.dataDir),
      issuer: publicUrl,
      audience: tokens.audience ?? publicUrl,
    },
    pages: { ...pages, linksUrl: pages.linksUrl ?? publicUrl },
    passwords: {
      ...values.passwords,
      workers: values.passwords.workers ?? Math.max(1, Math.floor(availableParallelism() / app.workers)),
      breached: breachedPasswords,
    },
    mail: {
      ...mail,
      // Good enough for files.
      from: mail.from ?? { name: '', address: `no-reply@${new URL(publicUrl).hostname}` },
      directory: join(app.dataDir, 'outbox'),
      fileLifetime: Math.max(
        oneTimeTokens.resetTtl,
        oneTimeTokens.verificationTtl,
        registration.invitationTtl,
      ),
    },
  });
}

function generatedKey(dataDir: string): KeyObject {
  let text: string;
  try {
    text = generatedSecret(dataDir);
  } catch (error) {
    throw new ConfigurationError([dataDirProblem(error as NodeJS.ErrnoException)]);
  }
  const key = secret().parse(text);
  if (key === undefined) {
    throw new ConfigurationError([
      `DATA_DIR cannot be used: ${join(dataDir, 'app-secret')} holds no secret that was generated. Restore it, or choose another directory.`,
    ]);
  }
  return key;
}

function deepFreeze<T extends object>(value: T): T {
  for (const nested of Object.values(value)) {
    if (isPlain(nested)) deepFreeze(nested);
  }
  return Object.freeze(value);
}

/** Objects and lists of ours; not keys. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
