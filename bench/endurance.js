// npm run endurance: the server on the embedded database, under every kind of request at once for a long time, then
// stopped and started again and again in the midst of them. Says how each process ended, what was answered and how memory
// grew. It runs on the Node that runs this. See docs/operations.md.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from './support/bench.js';
import { startLatchkey, unlimited } from './support/latchkey.js';
import { residentMegabytes } from './support/server.js';

/** @import { RunningServer } from './support/server.js' */
/** @typedef {{ accessToken: string, refreshToken: string }} Tokens */
/** @typedef {{ method?: string, body?: object, token?: string }} Asked */

/** How long one process is under load. */
const SECONDS = Number(process.env['ENDURANCE_SECONDS'] ?? 600);
/** How long it is restarted over and over, a process serving for the next. */
const RESTART_SECONDS = Number(process.env['ENDURANCE_RESTART_SECONDS'] ?? 180);
const SERVED_MS = 1_500;
const WORKERS = Number(process.env['ENDURANCE_WORKERS'] ?? 4);
const PASSWORD = 'correct horse battery staple';

const bench = new Bench({ seconds: SECONDS, large: false });
// The cheapest hash: the database is to be busy, not the threads that hash.
const environment = { ...unlimited(bench), BCRYPT_COST: '4' };
const agent = new Agent({ keepAlive: true });
/** How often each step was answered with each status. @type {Map<string, number>} */
const answers = new Map();
/** How processes ended that were not told to, or that did not exit with 0. @type {string[]} */
const crashes = [];
let requests = 0;
let cutOff = 0;

process.once('exit', () => bench.removeFiles());
process.once('SIGINT', () => process.exit(130));

/** @param {string} url @param {string} step @param {number} expected @param {Asked} asked @returns {Promise<Tokens>} */
async function ask(url, step, expected, { method = 'POST', body, token }) {
  const content = body && JSON.stringify(body);
  const headers = {
    ...(content && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const sent = request(url, { method, agent, headers }).end(content);
  const [response] = await once(sent, 'response');
  const answer = await text(response);
  const { statusCode } = response;
  const name = `${step} ${statusCode}`;
  answers.set(name, (answers.get(name) ?? 0) + 1);
  requests += 1;
  if (statusCode !== expected) throw new Error(`${name}, not ${expected}: ${answer}`);
  return answer === '' ? { accessToken: '', refreshToken: '' } : JSON.parse(answer);
}

/** An account from its registration to its last logout. @param {string} url */
async function live(url) {
  const email = `${randomUUID()}@example.com`;
  const auth = `${url}/api/auth`;
  const read = (/** @type {Tokens} */ { accessToken: token }) =>
    ask(`${url}/api/profile`, 'profile', 200, { method: 'GET', token });
  const guarded = (/** @type {Tokens} */ { accessToken: token }, expected = 204) =>
    ask(`${auth}/verify`, 'guarded', expected, { method: 'GET', token });

  let tokens = await ask(`${auth}/register`, 'register', 201, { body: { email, password: PASSWORD } });
  for (let login = 0; login < 3; login += 1) {
    for (let generation = 0; generation < 5; generation += 1) {
      await Promise.all([read(tokens), guarded(tokens)]);
      const { refreshToken } = tokens;
      tokens = await ask(`${auth}/refresh`, 'refresh', 200, { body: { refreshToken } });
    }
    await ask(`${auth}/logout`, 'logout', 204, { token: tokens.accessToken });
    await guarded(tokens, 401);
    tokens = await ask(`${auth}/login`, 'login', 200, { body: { email, password: PASSWORD } });
  }
  await ask(`${auth}/logout-all`, 'logout-all', 204, { token: tokens.accessToken });
}

/**
 * Accounts one after another, until it is over. What fails once the server is told to stop was cut off, nothing else may.
 * @param {RunningServer} server @param {() => boolean} goOn @param {() => boolean} stopping
 */
async function load({ url }, goOn, stopping) {
  const work = async () => {
    while (goOn() && !stopping()) {
      try {
        await live(url);
      } catch (error) {
        if (stopping()) {
          cutOff += 1;
        } else {
          bench.progress(String(error));
          await sleep(100);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

async function endure() {
  const server = await startLatchkey(environment);
  let stopping = false;
  let ended = false;
  const ending = async () => {
    const how = await server.exited;
    ended = true;
    if (!stopping || how !== 'exit code 0') crashes.push(how);
  };
  void ending();
  const endsAt = performance.now() + SECONDS * 1000;
  const started = residentMegabytes(server.pid);
  const watch = setInterval(() => {
    if (ended) return;
    const minutes = ((SECONDS * 1000 - (endsAt - performance.now())) / 60_000).toFixed(1);
    bench.progress(`  ${minutes} min: ${requests} requests, ${residentMegabytes(server.pid).toFixed(0)} MB`);
  }, 30_000);
  await load(
    server,
    () => !ended && performance.now() < endsAt,
    () => false,
  );
  clearInterval(watch);
  const memory = ended ? Number.NaN : residentMegabytes(server.pid);
  stopping = true;
  await server.stop();
  process.stdout.write(
    `Under load for ${SECONDS} s: ${requests} requests, memory from ${started.toFixed(0)} to ${memory.toFixed(0)} MB\n`,
  );
}

async function restart() {
  const endsAt = performance.now() + RESTART_SECONDS * 1000;
  let starts = 0;
  while (performance.now() < endsAt) {
    const server = await startLatchkey(environment);
    starts += 1;
    let stopping = false;
    const loading = load(
      server,
      () => true,
      () => stopping,
    );
    await Promise.race([sleep(SERVED_MS), server.exited]);
    stopping = true;
    await server.stop();
    const how = await server.exited;
    if (how !== 'exit code 0') crashes.push(how);
    await loading;
  }
  process.stdout.write(
    `Restarted for ${RESTART_SECONDS} s: ${starts} processes, ${cutOff} requests cut off\n`,
  );
}

process.stdout.write(`Node ${process.version}, ${WORKERS} at a time\n`);
await endure();
await restart();
await bench.close();
agent.destroy();
for (const [name, count] of answers) process.stdout.write(`  ${name}: ${count}\n`);
const failures = [...answers.keys()].filter((name) => / 5\d\d$/.test(name));
process.stdout.write(
  `${requests} requests, ${crashes.length} crashes${crashes.length ? `: ${crashes.join(', ')}` : ''}\n`,
);
process.exitCode = crashes.length + failures.length > 0 ? 1 : 0;
