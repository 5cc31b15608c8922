// npm run enumeration: whether answers tell by their time, or by anything else, which addresses have an account; nor the
// answers to clients that ask something right afterwards, while mails are sent.
import { randomBytes, randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from './support/bench.js';
import { register, startLatchkey, unlimited } from './support/latchkey.js';
import { startMailSink } from './support/mail-sink.js';
import { areaUnderCurve, median } from './support/statistics.js';

/** @typedef {{ milliseconds: number, shape: string, afterwards?: number }} Try */
/** @typedef {{ name: string, path: string, body: (email: string) => object, environment: Record<string, string>, mails?: boolean }} Question */

const TRIES = Number(process.env['ENUMERATION_TRIES'] ?? 2_000);
/** How many of them are asked about afterwards, too. */
const PROBED = Number(process.env['ENUMERATION_PROBED'] ?? Math.min(TRIES, 500));
/** Requests right after an answer. */
const PROBES = 25;
/** How many are watched until their mails have been sent: as long as that may take, and some more. Milliseconds. */
const WATCHED = Number(process.env['ENUMERATION_WATCHED'] ?? Math.min(TRIES, 40));
const WATCH = 2_300;
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
    mails: true,
  },
  {
    name: 'register, verify-first',
    path: '/api/auth/register',
    body: (email) => ({ email, password: 'not the password of anybody' }),
    environment: { ...FASTEST, MAIL_MIN_INTERVAL: '0s', REGISTRATION: 'verify-first' },
    mails: true,
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

/** What other requests see of what is still done after an answer. @param {string} url @param {() => boolean} goOn */
async function probe(url, goOn) {
  /** @type {number[]} */
  const times = [];
  while (goOn()) {
    const startedAt = performance.now();
    const [response] = await once(request(`${url}/health/live`, { agent }).end(), 'response');
    await text(response);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** @param {string} url */
async function probeShortly(url) {
  let left = PROBES;
  const times = await probe(url, () => (left -= 1) >= 0);
  return times.reduce((sum, time) => sum + time, 0);
}

/** The time above the usual: a mail that is sent meanwhile holds up one or a few. @param {string} url */
async function watch(url) {
  const until = performance.now() + WATCH;
  const times = await probe(url, () => performance.now() < until);
  const usual = median(times);
  return times.reduce((sum, time) => sum + Math.max(0, time - 2 * usual), 0);
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
async function measure(bench, { name, path, body, environment, mails = false }) {
  const settings = unlimited(bench);
  const known = await makeAccounts(settings);
  const sink = await startMailSink();
  const mail = { MAIL_URL: sink.url, MAIL_FROM: 'no-reply@example.com' };
  const server = await startLatchkey({ ...settings, ...environment, ...mail });
  try {
    /** @param {boolean} isKnown */
    const next = (isKnown) =>
      ask(server.url + path, body(isKnown ? (known[randomInt(ACCOUNTS)] ?? '') : newAddress()));
    for (let index = 0; index < WARM_UP; index += 1) await next(index % 2 === 0);

    /** @param {string} what @param {number} count @param {() => Promise<number | undefined>} [look] after each */
    const askAll = async (what, count, look) => {
      /** @type {{ known: Try[], unknown: Try[] }} */
      const tries = { known: [], unknown: [] };
      for (let index = 0; index < count; index += 1) {
        // One of each, in random order, so that whatever drifts drifts for both.
        const knownFirst = randomInt(2) === 0;
        for (const isKnown of [knownFirst, !knownFirst]) {
          const answer = await next(isKnown);
          const afterwards = await look?.();
          tries[isKnown ? 'known' : 'unknown'].push({
            ...answer,
            ...(afterwards !== undefined && { afterwards }),
          });
        }
        if (index % 500 === 0) bench.progress(`  ${what}: ${index} of ${count}`);
      }
      return tries;
    };
    const answers = await askAll(name, TRIES);
    let holds = report(name, answers.known, answers.unknown);
    if (!mails) return holds;
    await settled(sink);
    const shortly = await askAll(`${name}, right afterwards`, PROBED, () => probeShortly(server.url));
    holds = reportAfterwards(`${name}, right afterwards`, shortly) && holds;
    await settled(sink);
    const before = sink.received();
    const watched = await askAll(`${name}, until mails are sent`, WATCHED, () => watch(server.url));
    holds = reportAfterwards(`${name}, until mails are sent`, watched) && holds;
    process.stdout.write(`  ${sink.received() - before} mails were sent in that time\n`);
    return holds;
  } finally {
    await server.stop();
    await sink.stop();
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

/** @param {string} name @param {{ known: Try[], unknown: Try[] }} tries */
function reportAfterwards(name, tries) {
  const [ofKnown = [], ofUnknown = []] = [tries.known, tries.unknown].map((all) =>
    all.map(({ afterwards = 0 }) => afterwards),
  );
  const auc = areaUnderCurve(ofKnown, ofUnknown);
  // Of few tries, chance makes more of it: three standard errors (Mann and Whitney 1947).
  const { length: n } = ofKnown;
  const allowed = Math.max(GOAL.atMost - 0.5, 3 * Math.sqrt((2 * n + 1) / (12 * n * n)));
  const holds = Math.abs(auc - 0.5) <= allowed;
  process.stdout.write(
    `${name}: AUC ${auc.toFixed(3)} (0.5 ± ${allowed.toFixed(2)}), median ${median(ofKnown).toFixed(2)} ms known, ` +
      `${median(ofUnknown).toFixed(2)} ms unknown, ${n} tries each: ${holds ? 'holds' : 'FAILS'}\n`,
  );
  return holds;
}

/** Once no more mails come in. @param {{ received: () => number }} sink */
async function settled(sink) {
  for (let last = -1; last !== sink.received();) {
    last = sink.received();
    await sleep(WATCH);
  }
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
