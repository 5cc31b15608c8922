import type { ClientInfo } from '../../common/client-info.js';
import type { Clock } from '../../common/clock.js';
import { deviceOf } from '../../common/device.js';
import type { Transaction, UnitOfWork, Write } from '../../common/unit-of-work.js';
import type { DeviceHistory, KnownDevice } from '../../tokens/devices/device-history.js';
import { neighbourhoodOf } from '../../tokens/devices/neighbourhood-of.js';
import { MemoryTable } from '../memory/memory-table.js';
import type { PublicOf } from './public-of.js';

type Client = Pick<ClientInfo, 'ip' | 'userAgent'>;

interface SeenDevice extends KnownDevice {
  readonly key: string;
  readonly subject: string;
}

/** From where subjects have signed in, in memory. */
export class InMemoryDeviceHistory implements PublicOf<DeviceHistory> {
  private readonly devices = new MemoryTable<SeenDevice>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  seeing(subject: string, client: Client): Write<boolean> {
    return { within: async (transaction) => this.see(subject, client, transaction) };
  }

  meeting(subject: string, client: Client): Write<boolean> {
    return {
      within: async (transaction) => {
        this.add(subject, client, transaction);
        return true;
      },
    };
  }

  async remember(
    subject: string,
    client: Client,
    announce?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    if (this.see(subject, client)) return false;
    return this.unitOfWork.run(async (transaction) => {
      if (this.see(subject, client, transaction)) return false;
      const hasOthers = this.of(subject).length > 0;
      this.add(subject, client, transaction);
      if (hasOthers) await announce?.(transaction);
      return true;
    });
  }

  async list(subject: string): Promise<KnownDevice[]> {
    return this.of(subject)
      .map(({ firstSeenAt, lastSeenAt }) => ({ firstSeenAt, lastSeenAt }))
      .toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
  }

  async forget(subject: string, transaction?: Transaction): Promise<void> {
    for (const { key } of this.of(subject)) this.devices.delete(key, transaction);
  }

  clear(): void {
    this.devices.clear();
  }

  /** @returns whether it is known */
  private see(subject: string, client: Client, transaction?: Transaction): boolean {
    const key = keyOf(subject, client);
    const known = this.devices.get(key);
    if (known) this.devices.set(key, { ...known, lastSeenAt: this.now() }, transaction);
    return known !== undefined;
  }

  private add(subject: string, client: Client, transaction: Transaction): void {
    const [key, now] = [keyOf(subject, client), this.now()];
    this.devices.set(key, { key, subject, firstSeenAt: now, lastSeenAt: now }, transaction);
  }

  private of(subject: string): SeenDevice[] {
    return this.devices.all().filter((device) => device.subject === subject);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function keyOf(subject: string, { ip, userAgent }: Client): string {
  return JSON.stringify([subject, deviceOf(userAgent), neighbourhoodOf(ip ?? '')]);
}
