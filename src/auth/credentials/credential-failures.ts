import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { networkOf } from '../../throttling/network-of.js';
import { ClientQuotas, RateLimitedError } from '../../throttling/requests/client-quotas.js';

const RULE = { name: 'credential', counter: 'credential' } as const;
/** Addresses whose quota is spent; the oldest go first. */
const SPENT_MAX = 10_000;

/** Counts wrong credentials by address. Right ones cost nothing: only what this process was told before is asked. */
@Injectable()
export class CredentialFailures {
  /** Until when nothing of an address is looked at; milliseconds. */
  private readonly spent = new Map<string, number>();

  constructor(
    private readonly quotas: ClientQuotas,
    private readonly clock: Clock,
  ) {}

  /** @throws RateLimitedError if too many of the client's were wrong */
  refuseSpent(client: ClientInfo): void {
    if (this.spent.size === 0) return;
    const key = keyOf(client);
    const until = this.spent.get(key);
    if (until === undefined) return;
    const left = until - this.clock.now();
    if (left > 0) throw new RateLimitedError(Math.ceil(left / 1000));
    this.spent.delete(key);
  }

  /** One was wrong. @throws RateLimitedError if that is too many */
  async count(client: ClientInfo): Promise<void> {
    const { allowed, resetSeconds } = await this.quotas.take(RULE, client);
    if (allowed) return;
    const [oldest] = this.spent.keys();
    if (this.spent.size >= SPENT_MAX && oldest !== undefined) this.spent.delete(oldest);
    this.spent.set(keyOf(client), this.clock.now() + resetSeconds * 1000);
    throw new RateLimitedError(resetSeconds);
  }
}

function keyOf({ ip }: ClientInfo): string {
  return networkOf(ip ?? 'unknown');
}
