/** Redis does not answer where it must. */
export class RedisUnavailableError extends Error {
  constructor(cause: Error | undefined) {
    super(`Redis does not answer: ${cause?.message ?? 'no connection'}`, { cause });
    this.name = 'RedisUnavailableError';
  }
}
