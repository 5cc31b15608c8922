import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.js';

/** A Lua script, which Redis runs as one atomic step. Sent once to each server; after that by its hash. */
export class RedisScript {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  async run(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[] = [],
  ): Promise<unknown> {
    try {
      return await client.evalsha(this.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.lua, keys.length, ...keys, ...values);
    }
  }
}
