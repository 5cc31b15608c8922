/** Redis answers, but not so that it can be used: its cause says why. Waiting does not help. */
export class RedisUnusableError extends Error {
  constructor(cause: Error) {
    super(`Redis cannot be used: ${cause.message}`, { cause });
    this.name = 'RedisUnusableError';
  }
}
