import type { LatchkeyConfig } from './config.js';

const APPLIED = new WeakSet<LatchkeyConfig>();

/** Remembers that the server applies what `LatchkeyModule` cannot. */
export function appliedByServer(config: LatchkeyConfig): void {
  APPLIED.add(config);
}

/**
 * Which settings are not the default, and have no effect unless the application itself sees to them. Not `HOST` and `PORT`, which it
 * gives to `app.listen`, nor `CORS_ORIGINS`, from which cookies are accepted.
 */
export function unappliedSettings(config: LatchkeyConfig): string[] {
  const { app, http } = config;
  if (APPLIED.has(config)) return [];
  return Object.entries({
    LOG_LEVEL: app.logLevel !== 'info',
    WORKERS: app.workers > 1,
    TRUST_PROXY: http.trustProxy !== false,
    DOCS: app.production && http.docs,
    SHUTDOWN_DELAY: http.shutdownDelay > 0,
  }).flatMap(([name, isUnapplied]) => (isUnapplied ? [name] : []));
}

/** One line for the log. */
export function warningOf(unapplied: readonly string[]): string {
  return `${unapplied.join(', ')}: LatchkeyModule does not apply this, as an application of your own has to (docs/extending.md#behind-a-proxy-and-for-browsers).`;
}
