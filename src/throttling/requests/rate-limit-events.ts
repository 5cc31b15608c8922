import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';

/** A request that was refused, since the quota of its address is spent. */
export interface SpentQuota {
  /** What is counted, e.g. `login`. */
  readonly counter: string;
  /** The client's IPv4 address, or the /48 of its IPv6 address. */
  readonly site: string;
  /** Seconds until the quota is full again. */
  readonly resetSeconds: number;
  readonly client: ClientInfo;
}

/** Is told of each request that was refused. The answer waits for it, so that it asks no store. Does nothing unless replaced. */
@Injectable()
export class RateLimitEvents {
  /** A request was refused, since its quota is spent. */
  quotaSpent(_spent: SpentQuota): void {}
}
