import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { PushChannel } from '../../push/push-channel.js';
import type { StoredClient } from './oauth-client.js';
import { OAuthClientsRepository } from './oauth-clients.repository.js';

const TOPIC = 'oauth-clients';
/** How long an entry is good: while changes are pushed, since a message may be lost; and while they are not. Milliseconds. */
const CACHE_TTL = { pushed: 10_000, notPushed: 500 };
const ENTRIES_MAX = 5_000;

interface Entry {
  /** When the reading began, on the monotonic clock. */
  readonly readAt: number;
  readonly found: Promise<StoredClient | undefined>;
}

/** Clients known in process, so that a request asks no store for them. A change reaches every instance within a second. */
@Injectable()
export class ClientCache implements OnModuleInit {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly push: PushChannel,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.push.subscribe(TOPIC, (id) => {
      // Messages may have been missed.
      if (id === undefined) this.entries.clear();
      else this.entries.delete(id);
    });
  }

  async find(id: string): Promise<StoredClient | undefined> {
    const kept = this.entries.get(id);
    if (
      kept &&
      this.clock.monotonic() - kept.readAt < CACHE_TTL[this.push.connected ? 'pushed' : 'notPushed']
    )
      return kept.found;
    return this.read(id);
  }

  /** After a change of it was committed. */
  async forget(id: string): Promise<void> {
    this.entries.delete(id);
    await this.push.publish(TOPIC, id);
  }

  private async read(id: string): Promise<StoredClient | undefined> {
    const entry = { readAt: this.clock.monotonic(), found: this.clients.find(id) };
    this.entries.delete(id);
    this.entries.set(id, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= ENTRIES_MAX) break;
      this.entries.delete(oldest);
    }
    let known = false;
    try {
      const found = await entry.found;
      // Ids that there are not could be asked for without end.
      known = found !== undefined;
      return found;
    } finally {
      if (!known && this.entries.get(id) === entry) this.entries.delete(id);
    }
  }
}
