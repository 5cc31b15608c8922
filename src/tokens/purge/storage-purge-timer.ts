import { Injectable } from '@nestjs/common';
import { PeriodicTask } from '../../common/periodic-task.js';
import { StoragePurge } from './storage-purge.js';

/** Not while the process has its start to do. */
const EVERY_TEN_MINUTES = { firstAfter: 60_000, interval: 600_000, jitter: 0.2 };

/** Keeps what the database holds from growing. */
@Injectable()
export class StoragePurgeTimer extends PeriodicTask {
  constructor(private readonly purge: StoragePurge) {
    super('Storage', 'Old rows cannot be purged', EVERY_TEN_MINUTES);
  }

  async run(signal?: AbortSignal): Promise<void> {
    const { sessions, revocations, oneTimeTokens } = await this.purge.run(signal);
    if (sessions + revocations + oneTimeTokens === 0) return;
    this.logger.debug(
      `Purged ${sessions} sessions, ${revocations} revocations and ${oneTimeTokens} one-time tokens.`,
    );
  }
}
