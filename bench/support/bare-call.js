import { Redis } from 'ioredis';

/** A counter in a statement is a small number: the session's generation. */
const COUNTER_MAX = 1_000_000;

/**
 * One call of a driver.
 * @typedef {{ parameters: unknown[], send: (parameters: unknown[]) => Promise<unknown> }} Call
 */

/**
 * What a rotation sends to the store, to be sent again without Latchkey: the same statement with the same parameters,
 * through the same driver, the session's generation counted on. Recorded from two rotations that follow one another, so
 * that it is always the one that Latchkey sends.
 * @param {{ query: (...args: unknown[]) => Promise<unknown> }} driver node-postgres' pool, or the embedded database
 * @param {() => Promise<void>} rotate a rotation of one session, whose next call rotates on
 */
export async function bareStatement(driver, rotate) {
  const original = driver.query;
  /** @type {Call[]} */
  const calls = [];
  driver.query = (...args) => {
    const [statement, parameters, ...others] = args;
    calls.push({
      parameters: Array.isArray(parameters) ? parameters : [],
      send: async (changed) => rowsOf(await original.call(driver, statement, changed, ...others)),
    });
    return original.apply(driver, args);
  };
  try {
    return await recordTwice(rotate, () => calls.splice(0));
  } finally {
    driver.query = original;
  }
}

/** The same for a script of Redis. @param {() => Promise<void>} rotate */
export async function bareScript(rotate) {
  // Called with the connection as its `this`, below.
  // oxlint-disable-next-line typescript/unbound-method
  const original = Redis.prototype.sendCommand;
  /** @type {Call[]} */
  const calls = [];
  /** @this {Redis} @param {Parameters<typeof original>} args */
  function recorded(...args) {
    const [command] = args;
    calls.push({
      parameters: command.args,
      send: (changed) => this.call(command.name, .../** @type {string[]} */ (changed)),
    });
    return original.apply(this, args);
  }
  Redis.prototype.sendCommand = recorded;
  try {
    return await recordTwice(rotate, () => calls.splice(0));
  } finally {
    Redis.prototype.sendCommand = original;
  }
}

/**
 * @param {() => Promise<void>} rotate
 * @param {() => Call[]} takeCalls
 * @returns {Promise<() => Promise<void>>} does the next rotation
 */
async function recordTwice(rotate, takeCalls) {
  takeCalls();
  await rotate();
  const first = takeCalls();
  await rotate();
  const second = takeCalls();
  for (const [index, { parameters, send }] of second.entries()) {
    const before = first[index]?.parameters ?? [];
    const counts = parameters.map((value, place) => isNext(before[place], value));
    if (!counts.includes(true)) continue;
    let step = 0;
    return async () => {
      step += 1;
      const answer = await send(
        parameters.map((value, place) => (counts[place] ? countOn(value, step) : value)),
      );
      if (answer === null || (Array.isArray(answer) && answer.length === 0))
        throw new Error('The bare statement rotated nothing.');
    };
  }
  throw new Error('A rotation sends nothing that counts generations.');
}

/** @param {unknown} before @param {unknown} after */
function isNext(before, after) {
  const from = Number(before);
  return /^\d+$/.test(String(before)) && from < COUNTER_MAX && Number(after) === from + 1;
}

/** @param {unknown} value @param {number} step */
function countOn(value, step) {
  const next = Number(value) + step;
  return typeof value === 'number' ? next : String(next);
}

/** @param {unknown} result of node-postgres or PGlite */
function rowsOf(result) {
  return /** @type {{ rows: unknown[] }} */ (result).rows;
}
