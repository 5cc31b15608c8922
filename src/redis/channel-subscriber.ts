import type { RedisClient } from './redis-client.js';

/** Keeps the subscriptions of one connection, which is for nothing else, standing. */
export class ChannelSubscriber {
  private readonly channels = new Set<string>();
  private standing = false;
  private closed = false;

  /** @param stands called each time all subscriptions stand */
  constructor(
    private readonly client: RedisClient,
    private readonly stands: () => void,
  ) {
    // The other connection reports them.
    client.on('error', () => undefined);
    client.on('close', () => (this.standing = false));
    client.on('ready', () => void this.stand());
  }

  get connected(): boolean {
    return this.standing;
  }

  listen(channel: string): void {
    this.channels.add(channel);
    if (this.client.status === 'ready') void this.stand();
  }

  close(): void {
    this.closed = true;
    this.client.disconnect();
  }

  private async stand(): Promise<void> {
    try {
      if (this.channels.size > 0) await this.client.subscribe(...this.channels);
      this.standing = true;
      this.stands();
    } catch {
      if (!this.closed) this.client.disconnect(true);
    }
  }
}
