import { Injectable } from '@nestjs/common';
import { PeriodicTask } from '../common/periodic-task.js';
import { AuditPurge } from './audit-purge.js';

/** Not while the process has its start to do. */
const HOURLY = { firstAfter: 90_000, interval: 3_600_000, jitter: 0.2 };

/** Keeps the audit log from growing for ever. */
@Injectable()
export class AuditPurgeTimer extends PeriodicTask {
  constructor(private readonly purge: AuditPurge) {
    super('Audit', 'Old audit events cannot be purged', HOURLY);
  }

  async run(signal?: AbortSignal): Promise<void> {
    const purged = await this.purge.run(signal);
    if (purged > 0) this.logger.debug(`Purged ${purged} audit events.`);
  }
}
