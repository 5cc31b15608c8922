import type { RedisClient } from './redis-client.js';

/** Channels by which instances tell each other. */
export const PUSH_PREFIX = 'latchkey:push:';

/** Keys under one prefix, and what is done with them. `KEY` stands for one of them. */
interface NeededRights {
  /** As an access list writes it. */
  readonly pattern: string;
  readonly key: string;
  readonly calls: readonly (readonly string[])[];
}

const LIFE = ['PEXPIRE', 'KEY', '1000'];

/** Counters of limits, and messages. The key goes with the last call, or by itself. */
const LIMITS: readonly NeededRights[] = [
  {
    pattern: '~latchkey:*',
    key: 'latchkey:limit:rights',
    calls: [['INCRBY', 'KEY', '1'], LIFE, ['PTTL', 'KEY'], ['PUBLISH', `${PUSH_PREFIX}rights`, '']],
  },
  {
    pattern: '~latchkey:*',
    key: 'latchkey:failures:rights',
    calls: [['HSET', 'KEY', 'f', '1'], LIFE, ['HMGET', 'KEY', 'f'], ['HGET', 'KEY', 'f'], ['DEL', 'KEY']],
  },
];

/** Sessions and revocations. After the first call the key holds a string: where the type is wrong, the right is there. */
const SESSIONS: readonly NeededRights[] = [
  {
    pattern: '~{latchkey}:*',
    key: '{latchkey}:rights',
    calls: [
      ['SET', 'KEY', '', 'PX', '1000'],
      LIFE,
      ['GET', 'KEY'],
      ['MGET', 'KEY'],
      ['EXISTS', 'KEY'],
      ['PTTL', 'KEY'],
      ['HSET', 'KEY', 'f', '1'],
      ['HGET', 'KEY', 'f'],
      ['HGETALL', 'KEY'],
      ['HMGET', 'KEY', 'f'],
      ['SADD', 'KEY', 'm'],
      ['SMEMBERS', 'KEY'],
      ['SRANDMEMBER', 'KEY'],
      ['SREM', 'KEY', 'm'],
      ['ZADD', 'KEY', '1', 'm'],
      ['ZCARD', 'KEY'],
      ['ZRANGE', 'KEY', '0', '0'],
      ['ZRANGEBYSCORE', 'KEY', '0', '0'],
      ['ZREM', 'KEY', 'm'],
      ['ZREMRANGEBYRANK', 'KEY', '0', '0'],
      ['ZREMRANGEBYSCORE', 'KEY', '0', '0'],
      ['ZREVRANGE', 'KEY', '0', '0'],
      ['ZREVRANGEBYSCORE', 'KEY', '0', '0'],
      ['SCAN', '0', 'COUNT', '1'],
      ['TIME'],
      ['INFO', 'server'],
      ['PING'],
      ['DEL', 'KEY'],
    ],
  },
];

/** Answers which of the calls are refused, by their place. */
const TRY_CALLS = `
local refused = {}
for place, call in ipairs(cjson.decode(ARGV[1])) do
  local answer = redis.pcall(unpack(call))
  local message = type(answer) == 'table' and answer['err'] or ''
  if string.find(message, 'NOPERM') or string.find(message, 'permission') or string.find(message, 'user executing') then
    table.insert(refused, place)
  end
end
return refused
`;
const NO_SCRIPT = '0'.repeat(40);

/**
 * What the user of Redis is not allowed, though it is needed, in the words of an access list (`+hset`, `~latchkey:*`). All is
 * tried, on keys of its own.
 * @param sessions whether sessions are in Redis, too
 */
export async function missingRights(client: RedisClient, sessions: boolean): Promise<string[]> {
  const missing = new Set<string>();
  const byHash = client.evalsha(NO_SCRIPT, 0).catch((error: unknown) => error);
  if (isNoRight(await byHash)) missing.add('+evalsha');
  for (const needed of sessions ? [...LIMITS, ...SESSIONS] : LIMITS) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- few, at a start
    for (const right of await missingOf(client, needed)) missing.add(right);
  }
  return [...missing];
}

async function missingOf(client: RedisClient, { pattern, key, calls }: NeededRights): Promise<string[]> {
  const tried = calls.map((call) => call.map((word) => (word === 'KEY' ? key : word)));
  try {
    const refused = (await client.eval(TRY_CALLS, 1, key, JSON.stringify(tried))) as number[];
    return refused.map((place) => nameOf(calls[place - 1] ?? []));
  } catch (error) {
    if (!isNoRight(error)) throw error;
    return [/'eval'/i.test(error.message) ? '+eval' : pattern];
  }
}

/** A `PUBLISH` may be refused for its channel alone. */
function nameOf([command = '']: readonly string[]): string {
  const right = `+${command.toLowerCase()}`;
  return command === 'PUBLISH' ? `${right} &${PUSH_PREFIX}*` : right;
}

/** Whether Redis says that a user may not do something. */
export function isNoRight(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith('NOPERM');
}
