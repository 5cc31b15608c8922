/**
 * What the tests may use: `found` names it for the closing line and `value` is how to reach it, or it is
 * `missing`, for a reason.
 * @typedef {{ found: string, value: string } | { missing: string }} Service
 */

/** The variables by which Jest's workers, which inherit them, learn what there is. */
export const DATABASE_URL = 'LATCHKEY_TEST_DATABASE_URL';
export const REDIS_URL = 'LATCHKEY_TEST_REDIS_URL';
export const PGBOUNCER = 'LATCHKEY_TEST_PGBOUNCER';
export const PG_DUMP = 'LATCHKEY_TEST_PG_DUMP';
export const SLAPD = 'LATCHKEY_TEST_SLAPD';
export const HAPROXY = 'LATCHKEY_TEST_HAPROXY';
export const NGINX = 'LATCHKEY_TEST_NGINX';
export const CADDY = 'LATCHKEY_TEST_CADDY';
export const PROMETHEUS = 'LATCHKEY_TEST_PROMETHEUS';
export const CHROMIUM = 'LATCHKEY_TEST_CHROMIUM';
/** Programs and libraries that single tests need. */
export const PYTHON = 'LATCHKEY_TEST_PYTHON';
export const APACHE = 'LATCHKEY_TEST_APACHE';
export const AUTHLIB = 'LATCHKEY_TEST_AUTHLIB';
export const FAKETIME = 'LATCHKEY_TEST_FAKETIME';
export const OPENSSL = 'LATCHKEY_TEST_OPENSSL';
export const ZSH = 'LATCHKEY_TEST_ZSH';
export const FISH = 'LATCHKEY_TEST_FISH';
/** The process id of the run. */
export const RUN = 'LATCHKEY_TEST_RUN';
/** The directory for what tests write, removed after the run. */
export const DATA = 'LATCHKEY_TEST_DATA';
/** The name of the migrated database that others are copied from, once a test has made it. */
export const TEMPLATE_DATABASE = 'LATCHKEY_TEST_TEMPLATE_DATABASE';
/** The closing line, from the global setup to the reporter. */
export const CLOSING_LINE = 'LATCHKEY_TEST_CLOSING_LINE';
