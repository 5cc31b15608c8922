import { figure } from '../support/figures.js';
import { issuerAndService } from '../support/issuer.js';
import { register, startLatchkey, unlimited } from '../support/latchkey.js';
import { withToken } from '../support/processor-time.js';
import { interleaved, roundsOf } from '../support/rounds.js';
import { startBaseline } from '../support/server.js';

/** @import { Bench } from '../support/bench.js' */
/** @import { Figure, Goal } from '../support/figures.js' */
/** @import { MeasuredLoad } from '../support/processor-time.js' */
/** @import { RunningServer } from '../support/server.js' */

const PART = 'resource-server';
const OURS = 'resource server';
const RAW = 'raw node:http + HMAC';
const JWKS = '@fastify/jwt + get-jwks';
const FIXED = '@fastify/jwt, one key, remembering tokens';

/** @type {{ name: string, goal?: Goal }[]} */
const BASELINES = [
  { name: RAW, goal: { atLeast: 0.7 } },
  { name: JWKS, goal: { atLeast: 1 } },
  { name: FIXED },
];

/** A guarded request in another service, by the issuer's public keys. @param {Bench} bench @returns {Promise<Figure[]>} */
export async function resourceServer(bench) {
  /** @type {RunningServer[]} */
  const servers = [];
  /** @param {Promise<RunningServer>} starting */
  const started = async (starting) => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  try {
    const { issuer, service } = await issuerAndService();
    const { url } = await started(startLatchkey({ ...unlimited(bench), ...issuer }));
    const { accessToken } = await register(url);
    /** @param {string} file @param {Record<string, string>} environment */
    const candidate = async (file, environment) => {
      const server = await started(startBaseline(file, environment));
      return withToken(server, `${server.url}/profile`, accessToken);
    };
    const raw = await started(startBaseline('raw-hmac'));
    const login = await fetch(`${raw.url}/login`);
    const { access_token: token } = /** @type {{ access_token: string }} */ (await login.json());
    const results = await interleaved(
      bench,
      {
        [OURS]: await candidate('resource-server', service),
        [RAW]: withToken(raw, `${raw.url}/profile`, token),
        [JWKS]: await candidate('fastify-jwks', service),
        [FIXED]: await candidate('fastify-jwks', { ...service, FIXED: '1' }),
      },
      ({ perSecond }) => `${Math.round(perSecond)}/s`,
    );
    return figuresOf(results);
  } finally {
    // The services first: they hold on to the issuer's feed.
    for (const server of servers.toReversed()) await server.stop();
  }
}

/** @param {Map<string, MeasuredLoad[]>} results @returns {Figure[]} */
function figuresOf(results) {
  /** @param {string} name */
  const rates = (name) => roundsOf(results, name, ({ perSecond }) => perSecond);
  return BASELINES.map(({ name, goal }) =>
    figure(PART, 'guarded request in a resource server, ES256', 'perSecond', rates(OURS), {
      baseline: { name, rounds: rates(name) },
      ...(goal && { goal }),
    }),
  );
}
