/** @typedef {typeof import('../../src/index.js')} Latchkey */

/**
 * The built application in this process, without HTTP: for what HTTP would hide.
 * @param {Record<string, string>} environment
 */
export async function openApplication(environment) {
  const { createApplication, DatabaseConnection, loadConfig, RefreshRotationService, SessionsService } =
    /** @type {Latchkey} */ (await importBuilt('index.js'));
  const codecModule = /** @type {typeof import('../../src/tokens/sessions/refresh-token-codec.js')} */ (
    await importBuilt('tokens/sessions/refresh-token-codec.js')
  );
  const app = await createApplication(loadConfig(environment, 0), { logger: false });
  await app.init();
  const { db } = app.get(DatabaseConnection);
  return {
    rotation: app.get(RefreshRotationService),
    sessions: app.get(SessionsService),
    codec: app.get(codecModule.RefreshTokenCodec, { strict: false }),
    /** node-postgres' pool, or the embedded database's thread. */
    driver: /** @type {{ query: (...args: unknown[]) => Promise<unknown> }} */ (
      /** @type {any} */ (db).session.client
    ),
    close: () => app.close(),
  };
}

/** @param {Record<string, string>} environment @returns {Promise<boolean>} whether the configuration takes it */
export async function isConfigurable(environment) {
  const { ConfigurationError, loadConfig } = /** @type {Latchkey} */ (await importBuilt('index.js'));
  try {
    loadConfig(environment, 0);
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

/** Not by name, so that files that import it can be checked before anything is built. @param {string} path @returns {Promise<any>} */
export function importBuilt(path) {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}
