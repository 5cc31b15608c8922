import { createHash, randomBytes } from 'node:crypto';
import { openApplication } from '../support/application.js';
import { closedLoop } from '../support/closed-loop.js';
import { figure } from '../support/figures.js';
import { register, startLatchkey, tokens, unlimited } from '../support/latchkey.js';
import { interleaved, roundsOf } from '../support/rounds.js';
import { startBaseline } from '../support/server.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure } from '../support/figures.js' */
/** @typedef {(seconds: number) => ReturnType<typeof closedLoop>} Candidate */

const PART = 'token-endpoint';
/** As many as ask at once, each as soon as it is answered. */
const CHAINS = 16;
const CLIENT_ID = 'bench';
const GOAL = { atLeast: 0.4 };
/** With `openid` each refresh signs an ID token, too. */
const SCOPES = { plain: 'profile', openid: 'openid profile' };

/**
 * The token endpoint on PostgreSQL, against a server that does no more than authenticate the client, send one statement and sign.
 * @param {Bench} bench
 * @returns {Promise<Figure[]>}
 */
export async function tokenEndpoint(bench) {
  const url = await bench.database('the token endpoint');
  if (url === undefined) return [];
  const secret = `lk_cs_${randomBytes(32).toString('base64url')}`;
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const authorization = `Basic ${Buffer.from(`${CLIENT_ID}:${secret}`).toString('base64')}`;
  const settings = {
    ...unlimited(bench),
    DATABASE_URL: url,
    OAUTH_CLIENTS: JSON.stringify([clientWith(secretHash)]),
  };
  const server = await startLatchkey(settings);
  const bareServer = await startBaseline('bare-refresh', {
    DATABASE_URL: url,
    CLIENT_SECRET_HASH: secretHash,
  });
  try {
    /** @param {string} scope */
    const ours = async (scope) =>
      refreshes(server.url, authorization, await grants(settings, server.url, scope));
    /** @param {string} scope */
    const bare = async (scope) =>
      refreshes(bareServer.url, authorization, await bareGrants(bareServer.url, scope));
    const candidates = {
      credentials: credentials(server.url, authorization),
      'bare credentials': credentials(bareServer.url, authorization),
      refresh: await ours(SCOPES.plain),
      'bare refresh': await bare(SCOPES.plain),
      'refresh with an ID token': await ours(SCOPES.openid),
      'bare refresh with an ID token': await bare(SCOPES.openid),
    };
    const results = await interleaved(
      bench,
      candidates,
      ({ perSecond, p50 }) => `${Math.round(perSecond)}/s, p50 ${p50.toFixed(2)} ms`,
    );
    /** @param {string} name @param {string} candidate @param {string} work */
    const rate = (name, candidate, work) => {
      /** @param {string} of */
      const rounds = (of) => roundsOf(results, of, ({ perSecond }) => perSecond);
      const baseline = { name: `bare server, ${work}`, rounds: rounds(`bare ${candidate}`) };
      return figure(PART, `POST /oauth/token, ${name}`, 'perSecond', rounds(candidate), {
        baseline,
        goal: GOAL,
      });
    };
    return [
      rate('client_credentials', 'credentials', 'one signature'),
      rate('refresh_token', 'refresh', 'one statement and one signature'),
      rate('refresh_token with openid', 'refresh with an ID token', 'one statement and two signatures'),
    ];
  } finally {
    await server.stop();
    await bareServer.stop();
  }
}

/** @param {string} secretHash */
function clientWith(secretHash) {
  return {
    id: CLIENT_ID,
    name: 'Bench',
    type: 'confidential',
    firstParty: true,
    grants: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirectUris: ['https://bench.example.com/callback'],
    scopes: ['openid', 'profile', 'users:read'],
    secretHashes: [secretHash],
  };
}

/** @param {string} url @param {string} authorization @returns {Candidate} */
function credentials(url, authorization) {
  const step = () => tokens(url, authorization, 'grant_type=client_credentials&scope=users:read');
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** @param {string} url @param {string} authorization @param {string[]} refreshTokens @returns {Candidate} */
function refreshes(url, authorization, refreshTokens) {
  /** @param {number} chain */
  const step = async (chain) => {
    const form = `grant_type=refresh_token&refresh_token=${refreshTokens[chain]}`;
    refreshTokens[chain] = (await tokens(url, authorization, form)).refresh_token;
  };
  return (seconds) => closedLoop({ workers: CHAINS, seconds, step });
}

/** A user each, who has granted the client what it asks for. @param {Record<string, string>} settings @param {string} url @param {string} scope */
async function grants(settings, url, scope) {
  const app = await openApplication(settings);
  try {
    return await eachChain(async (chain) => {
      const { user } = await register(url, `grant-${scope.length}-${chain}@example.com`);
      const grant = { clientId: CLIENT_ID, scopes: scope.split(' ') };
      const client = { ip: '192.0.2.1', userAgent: 'bench' };
      return (await app.sessions.open(user.id, client, undefined, grant)).refreshToken;
    });
  } finally {
    await app.close();
  }
}

/** @param {string} url @param {string} scope */
function bareGrants(url, scope) {
  // That server keeps no scopes: its token says whether there is an ID token.
  const mark = scope === SCOPES.openid ? '.openid' : '';
  return eachChain(async () => (await register(url)).refreshToken + mark);
}

/** @param {(chain: number) => Promise<string>} prepare */
async function eachChain(prepare) {
  const prepared = [];
  for (let chain = 0; chain < CHAINS; chain += 1) prepared.push(await prepare(chain));
  return prepared;
}
