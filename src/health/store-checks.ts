import { Injectable } from '@nestjs/common';
import { DatabaseConnection } from '../database/database.js';
import { SessionsRepository } from '../tokens/sessions/sessions.repository.js';
import { TimedCheck } from './timed-check.js';
import { WriteProbe } from './write-probe.js';

/** Less than the two seconds that orchestrators and balancers mostly wait for an answer. Milliseconds. */
const PATIENCE = 1_500;

/** Whether the stores answer and take writes. */
@Injectable()
export class StoreChecks {
  readonly database: TimedCheck;
  readonly sessions: TimedCheck;

  constructor(connection: DatabaseConnection, sessions: SessionsRepository, writes: WriteProbe) {
    this.database = new TimedCheck(async () => {
      await connection.ping();
      await writes.database();
    }, PATIENCE);
    this.sessions = new TimedCheck(async () => {
      await sessions.ping();
      await writes.redis();
    }, PATIENCE);
  }
}
