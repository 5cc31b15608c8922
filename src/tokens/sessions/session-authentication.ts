import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { authenticationTime } from './session.js';
import { SessionsRepository } from './sessions.repository.js';

/** When who holds a session last showed the password. */
@Injectable()
export class SessionAuthentication {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns milliseconds since the epoch; undefined if the subject has no such session */
  async timeOf(id: string, subject: string): Promise<number | undefined> {
    const session = await this.repository.findById(id);
    return session?.subject === subject ? authenticationTime(session) : undefined;
  }

  /** Just now. @returns false if the session has ended */
  async renew(id: string, subject: string, transaction: Transaction): Promise<boolean> {
    return this.repository.reauthenticate(id, subject, new Date(this.clock.now()), transaction);
  }
}
