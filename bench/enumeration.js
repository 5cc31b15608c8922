// npm run enumeration: whether answers tell by their time, or by anything else, which addresses have an account.
import { randomBytes, randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { Bench } from './support/bench.js';
import { register, startLatchkey, unlimited } from './support/latchkey.js';
import { areaUnderCurve, median } from './support/statistics.js';

/** @typedef {{ milliseconds: number, shape: string }} Try */
/** @typedef {{ name: string, path: string, body: (email: string) => object, environment: Record<string, string> }} Question */

const TRIES = Number(process.env['ENUMERATION_TRIES'] ?? 2_000);
const ACCOUNTS = 50;
const WARM_UP = 100;
/** Told apart no better than by chance, nearly. */
const GOAL = { atLeast: 0.45, atMost: 0.55 };
/** Checking a password drowns all else; at the least cost there is the least to hide behind. */
const FASTEST = { BCRYPT_COST: '4' };

/** @type {Question[]} */
const QUESTIONS = [
  {
    name: 'login',
    path: '/api/auth/login',
    body: (email) => ({ email, password: 'not the password of anybody' }),
    environment: FASTEST,
  },
  {
    name: 'forgot',
    path: '/api/auth/password/forgot',
    body: (email) => ({ email }),
    environment: { ...FASTEST, MAIL_MIN_INTERVAL: '0s' },
  },
  {
    name: 'register, verify-first',
    path: '/api/auth/register',
    body: (email) => ({ email, password: 'not the password of anybody' }),
    environment: { ...FASTEST, MAIL_MIN_INTERVAL: '0s', REGISTRATION: 'verify-first' },
  },
];

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** @param {string} url @param {object} body @returns {Promise<Try>} */
async function ask(url, body) {
  const content = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
  const startedAt = performance.now();
  const asked = request(url, { method: 'POST', agent, headers }).end(content);
  const [response] = await once(asked, 'response');
  const answer = await text(response);
  const milliseconds = performance.now() - startedAt;
  return { milliseconds, shape: shapeOf(response, answer) };
}

/** Differs from one answer to the next whatever was asked. */
const VARIES = new Set(['date', 'ratelimit', 'x-request-id']);

/** All but what differs anyway. @param {import('node:http').IncomingMessage} response @param {string} body */
function shapeOf({ statusCode, headers }, body) {
  const lines = Object.entries(headers).map(([name, value]) =>
    VARIES.has(name) ? name : `${name}: ${String(value)}`,
  );
  return `${statusCode} ${lines.toSorted().join(', ')} ${body}`;
}

/** @param {Bench} bench @param {Question} question */
async function measure(bench, { name, path, body, environment }) {
  const settings = unlimited(bench);
  const known = await makeAccounts(settings);
  const server = await startLatchkey({ ...settings, ...environment });
  try {
    /** @param {boolean} isKnown */
    const next = (isKnown) =>
      ask(server.url + path, body(isKnown ? (known[randomInt(ACCOUNTS)] ?? '') : newAddress()));
    for (let index = 0; index < WARM_UP; index += 1) await next(index % 2 === 0);

    /** @type {{ known: Try[], unknown: Try[] }} */
    const tries = { known: [], unknown: [] };
    for (let index = 0; index < TRIES; index += 1) {
      // One of each, in random order, so that whatever drifts drifts for both.
      const knownFirst = randomInt(2) === 0;
      for (const isKnown of [knownFirst, !knownFirst]) {
        tries[isKnown ? 'known' : 'unknown'].push(await next(isKnown));
      }
      if (index % 500 === 0) bench.progress(`  ${name}: ${index} of ${TRIES}`);
    }
    return report(name, tries.known, tries.unknown);
  } finally {
    await server.stop();
  }
}

/** By a server where anybody can register. @param {Record<string, string>} settings @returns {Promise<string[]>} */
async function makeAccounts(settings) {
  const server = await startLatchkey({ ...settings, ...FASTEST });
  const known = Array.from({ length: ACCOUNTS }, () => newAddress());
  try {
    for (const email of known) await register(server.url, email);
    return known;
  } finally {
    await server.stop();
  }
}

/** @param {string} name @param {Try[]} known @param {Try[]} unknown */
function report(name, known, unknown) {
  const times = [known, unknown].map((tries) => tries.map(({ milliseconds }) => milliseconds));
  const [ofKnown = [], ofUnknown = []] = times;
  const auc = areaUnderCurve(ofKnown, ofUnknown);
  const shapes = new Set([...known, ...unknown].map(({ shape }) => shape));
  const holds = auc >= GOAL.atLeast && auc <= GOAL.atMost && shapes.size === 1;
  process.stdout.write(
    `${name}: AUC ${auc.toFixed(3)} (${GOAL.atLeast} to ${GOAL.atMost}), median ${median(ofKnown).toFixed(2)} ms known, ` +
      `${median(ofUnknown).toFixed(2)} ms unknown, ${shapes.size} kind(s) of answer: ${holds ? 'holds' : 'FAILS'}\n`,
  );
  for (const shape of shapes.size > 1 ? shapes : []) process.stdout.write(`  ${shape}\n`);
  return holds;
}

function newAddress() {
  return `${randomBytes(6).toString('hex')}@example.com`;
}

const bench = new Bench({ seconds: 1, large: false });
process.once('exit', () => bench.removeFiles());
try {
  for (const question of QUESTIONS) {
    if (!(await measure(bench, question))) process.exitCode = 1;
  }
} finally {
  await bench.close();
}
