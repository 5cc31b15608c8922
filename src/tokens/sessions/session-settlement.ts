import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PeriodicTask } from '../../common/periodic-task.js';
import { SessionsRepository } from './sessions.repository.js';

/** After each step, for other statements, and as long as the step took: half of the time is theirs. Milliseconds. */
const PAUSE_MIN = 20;
/** Also what a process that was killed has left. */
const EVERY_MINUTE = { firstAfter: 2_000, interval: 60_000, jitter: 0.2 };

/** Lets the rows of very many sessions that ended at once say so, a batch at a time: nothing depends on when. */
@Injectable()
export class SessionSettlement extends PeriodicTask {
  constructor(private readonly repository: SessionsRepository) {
    super('Sessions', 'The rows of sessions that have ended cannot be updated', EVERY_MINUTE);
  }

  async run(signal?: AbortSignal): Promise<void> {
    let began = performance.now();
    await this.repository.settle(async () => {
      const pause = Math.max(PAUSE_MIN, performance.now() - began);
      await setTimeout(pause, undefined, { signal }).catch(() => undefined);
      began = performance.now();
      return !signal?.aborted;
    });
  }
}
