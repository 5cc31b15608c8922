import { Injectable } from '@nestjs/common';
import { PeriodicTask } from '../../common/periodic-task.js';
import { StoragePurge } from './storage-purge.js';

/** Not while the process has its start to do. */
const EVERY_FIVE_MINUTES = { firstAfter: 60_000, interval: 300_000, jitter: 0.2 };

/** Keeps what the database holds from growing. */
@Injectable()
export class StoragePurgeTimer extends PeriodicTask {
  constructor(private readonly purge: StoragePurge) {
    super('Storage', 'Old rows cannot be purged', EVERY_FIVE_MINUTES);
  }

  async run(signal?: AbortSignal): Promise<void> {
    const { counts } = await this.purge.run(signal);
    const gone = Object.entries(counts).filter(([, count]) => count > 0);
    if (gone.length === 0) return;
    this.logger.debug(`Purged ${gone.map(([name, count]) => `${count} ${name}`).join(', ')}.`);
  }
}
