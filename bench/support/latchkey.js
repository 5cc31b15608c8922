import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startServer } from './server.js';

/** @import { Bench } from './bench.js' */
/** @typedef {{ accessToken: string, refreshToken: string }} Tokens */
/** @typedef {Tokens & { user: { id: string } }} Registered */

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const PASSWORD = 'correct horse battery staple';

/** Settings that do not limit the load; all else as it is by default. @param {Bench} bench */
export function unlimited(bench) {
  return {
    NODE_ENV: 'production',
    APP_SECRET: bench.appSecret,
    DATA_DIR: join(bench.directory, randomBytes(4).toString('hex')),
    LOGIN_RATE_LIMIT: '9000000/1m',
    REGISTER_RATE_LIMIT: '9000000/1m',
    REFRESH_RATE_LIMIT: '9000000/1m',
    OAUTH_RATE_LIMIT: '9000000/1m',
    OAUTH_CLIENT_RATE_LIMIT: '9000000/1m',
    FORGOT_RATE_LIMIT: '9000000/1m',
    ACCOUNT_FAILURES: '1000000',
  };
}

/** As `npm start` starts it. @param {Record<string, string>} environment */
export function startLatchkey(environment) {
  return startServer(MAIN, environment);
}

/** @param {string} url @param {string} [email] @returns {Promise<Registered>} */
export function register(url, email = 'ada@example.com') {
  return post(`${url}/api/auth/register`, { email, password: PASSWORD });
}

/** @param {string} url @returns {Promise<Tokens>} */
export function logIn(url) {
  return post(`${url}/api/auth/login`, { email: 'ada@example.com', password: PASSWORD });
}

/** @param {string} url @param {string} refreshToken @returns {Promise<Tokens>} */
export function refresh(url, refreshToken) {
  return post(`${url}/api/auth/refresh`, { refreshToken });
}

/**
 * Of the token endpoint.
 * @param {string} url
 * @param {string} authorization the client's
 * @param {string} form encoded
 * @returns {Promise<{ access_token: string, refresh_token: string }>}
 */
export function tokens(url, authorization, form) {
  const type = 'application/x-www-form-urlencoded';
  const headers = { authorization, 'content-type': type, 'content-length': Buffer.byteLength(form) };
  return ask(`${url}/oauth/token`, 'POST', headers, form);
}

/** @param {string} url @param {string} token @returns {Promise<any>} */
export function get(url, token) {
  return ask(url, 'GET', { authorization: `Bearer ${token}` });
}

/**
 * @param {string} url
 * @param {{ method?: string, token: string }} options
 * @returns {Promise<number>} the status of the answer, which is not read
 */
export async function statusOf(url, { method = 'GET', token }) {
  const asked = request(url, { method, agent, headers: { authorization: `Bearer ${token}` } }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** fetch would cost more than some of the answers do. @param {string} url @param {object} body @returns {Promise<any>} */
function post(url, body) {
  const content = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
  return ask(url, 'POST', headers, content);
}

/**
 * @param {string} url
 * @param {string} method
 * @param {import('node:http').OutgoingHttpHeaders} headers
 * @param {string} [content]
 * @returns {Promise<any>}
 */
async function ask(url, method, headers, content) {
  const asked = request(url, { method, agent, headers }).end(content);
  const [response] = await once(asked, 'response');
  const answer = await text(response);
  if (response.statusCode >= 300) throw new Error(`${url} answered ${response.statusCode}: ${answer}`);
  return JSON.parse(answer);
}
