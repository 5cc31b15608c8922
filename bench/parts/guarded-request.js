import { randomBytes } from 'node:crypto';
import { figure } from '../support/figures.js';
import { register, startLatchkey, unlimited } from '../support/latchkey.js';
import { load, loadOfTokens } from '../support/load.js';
import { makeSigningKey, mintLike } from '../support/minted-tokens.js';
import { withProcessorTime, withToken } from '../support/processor-time.js';
import { interleaved, roundsOf } from '../support/rounds.js';
import { startBaseline } from '../support/server.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure, Goal } from '../support/figures.js' */
/** @import { MeasuredLoad } from '../support/processor-time.js' */
/** @import { RunningServer } from '../support/server.js' */

const PART = 'guarded-request';
const OURS = 'ES256';
const NEW_TOKENS = 'ES256, every token new';
const OTHER_ALGORITHMS = ['ES384', 'RS256', 'PS256', 'HS256'];
/** Twice what the server remembers, gone through in a circle: none is remembered when it comes again. */
const TOKENS = 20_000;

/** @type {{ file: string, name: string, goal: Goal }[]} */
const BASELINES = [
  { file: 'stock-nest', name: 'stock NestJS tutorial', goal: { atLeast: 15 } },
  { file: 'express-jsonwebtoken', name: 'Express + jsonwebtoken', goal: { atLeast: 10 } },
  { file: 'fastify-jwt', name: 'Fastify + @fastify/jwt', goal: { atLeast: 1.1 } },
  { file: 'better-auth', name: 'better-auth get-session', goal: { atLeast: 15 } },
  { file: 'raw-hmac', name: 'raw node:http + HMAC', goal: { atLeast: 0.7 } },
];
const FASTIFY = 'Fastify + @fastify/jwt';
const RAW = 'raw node:http + HMAC';
const BARE_VERIFY = 'bare node:http + crypto.verify';

/** GET /api/auth/verify through the full pipeline, against the other libraries' guarded request. @param {Bench} bench */
export async function guardedRequest(bench) {
  /** @type {RunningServer[]} */
  const servers = [];
  /** @param {Promise<RunningServer>} starting */
  const started = async (starting) => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  try {
    const candidates = {
      ...(await ownCandidates(bench, started)),
      ...(await baselineCandidates(started)),
    };
    const results = await interleaved(bench, candidates, ({ perSecond }) => `${Math.round(perSecond)}/s`);
    return figuresOf(results);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** @param {Bench} bench @param {(starting: Promise<RunningServer>) => Promise<RunningServer>} started */
async function ownCandidates(bench, started) {
  /** @type {Record<string, (seconds: number) => Promise<MeasuredLoad>>} */
  const candidates = {};
  for (const algorithm of [OURS, ...OTHER_ALGORITHMS]) {
    const secret = algorithm === 'HS256' ? { JWT_SECRET: randomBytes(32).toString('base64') } : {};
    const server = await started(startLatchkey({ ...unlimited(bench), SIGNING_ALG: algorithm, ...secret }));
    const { accessToken } = await register(server.url);
    candidates[algorithm] = withToken(server, `${server.url}/api/auth/verify`, accessToken);
  }
  return { ...candidates, ...(await withNewTokens(bench, started)) };
}

/** @param {Bench} bench @param {(starting: Promise<RunningServer>) => Promise<RunningServer>} started */
async function withNewTokens(bench, started) {
  const { environment, privateKey } = makeSigningKey(bench);
  const bare = await started(startBaseline('bare-verify', { KEY_FILE: environment.SIGNING_KEY_FILES }));
  const server = await started(startLatchkey({ ...unlimited(bench), ...environment }));
  const tokens = mintLike((await register(server.url)).accessToken, privateKey, TOKENS);
  const url = `${server.url}/api/auth/verify`;
  /** @param {RunningServer} candidate @param {string} address */
  const measured = (candidate, address) => (/** @type {number} */ seconds) =>
    withProcessorTime([candidate], seconds, () => loadOfTokens(address, { tokens, seconds }));
  return { [NEW_TOKENS]: measured(server, url), [BARE_VERIFY]: measured(bare, bare.url) };
}

/** @param {(starting: Promise<RunningServer>) => Promise<RunningServer>} started */
async function baselineCandidates(started) {
  /** @type {Record<string, (seconds: number) => Promise<MeasuredLoad>>} */
  const candidates = {};
  for (const { file, name } of BASELINES) {
    const server = await started(startBaseline(file));
    if (file === 'better-auth') {
      const headers = { cookie: await betterAuthCookie(server.url) };
      const url = `${server.url}/api/auth/get-session`;
      candidates[name] = (seconds) =>
        withProcessorTime([server], seconds, () => load(url, { headers, seconds }));
    } else {
      const login = await fetch(`${server.url}/login`);
      const { access_token: token } = /** @type {{ access_token: string }} */ (await login.json());
      candidates[name] = withToken(server, `${server.url}/profile`, token);
    }
  }
  return candidates;
}

/** @param {string} url */
async function betterAuthCookie(url) {
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    // In production it asks for the origin that browsers send.
    headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery staple', name: 'Ada' }),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (!response.ok || cookie === undefined) throw new Error(`better-auth answered ${response.status}`);
  return cookie;
}

/** @param {Map<string, MeasuredLoad[]>} results @returns {Figure[]} */
function figuresOf(results) {
  /** @param {string} name */
  const rates = (name) => roundsOf(results, name, ({ perSecond }) => perSecond);
  /** @param {string} name */
  const costs = (name) => roundsOf(results, name, ({ microseconds }) => microseconds);
  const figures = BASELINES.map(({ name, goal }) =>
    figure(PART, 'guarded request, ES256', 'perSecond', rates(OURS), {
      baseline: { name, rounds: rates(name) },
      goal,
    }),
  );
  for (const algorithm of OTHER_ALGORITHMS) {
    figures.push(
      figure(PART, `guarded request, ${algorithm}`, 'perSecond', rates(algorithm), {
        baseline: { name: FASTIFY, rounds: rates(FASTIFY) },
      }),
    );
  }
  figures.push(
    figure(PART, `guarded request, ${NEW_TOKENS}`, 'perSecond', rates(NEW_TOKENS), {
      baseline: { name: BARE_VERIFY, rounds: rates(BARE_VERIFY) },
      goal: { atLeast: 0.6 },
    }),
  );
  for (const name of [FASTIFY, RAW]) {
    if (costs(OURS).some(Number.isNaN)) continue;
    figures.push(
      figure(PART, "the server's processor time of it, ES256", 'microseconds', costs(OURS), {
        baseline: { name, rounds: costs(name) },
      }),
    );
  }
  return figures;
}
