import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { ClientInfo } from '../../common/client-info.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { StepUpPolicy } from '../reauthentication/step-up-policy.js';

/** How users end their own sessions. To end another than the caller's, the password must have been shown lately. */
@Injectable()
export class OwnSessionsService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly stepUp: StepUpPolicy,
  ) {}

  /** Ends the caller's session. */
  async logOut({ subject, sessionId }: Principal, client: ClientInfo): Promise<void> {
    await this.sessions.end({ subject, only: sessionId, reason: 'logout', client });
  }

  /** Ends every session of the user, the caller's included. */
  async logOutEverywhere({ subject }: Principal, client: ClientInfo): Promise<void> {
    await this.sessions.end({ subject, reason: 'logout_all', client });
  }

  /** Ends all but the caller's session. @throws ReauthenticationRequiredError */
  async endOthers(caller: Principal, client: ClientInfo): Promise<void> {
    await this.stepUp.require(caller);
    const { subject, sessionId } = caller;
    await this.sessions.end({ subject, reason: 'ended_by_user', except: sessionId, client });
  }

  /**
   * Ends one session; that it has ended already is no error.
   * @param given its id, in any case
   * @throws ReauthenticationRequiredError unless it is the caller's; NotFoundError if the user has no such session
   */
  async end(caller: Principal, given: string, client: ClientInfo): Promise<void> {
    // As UUIDs are written: revocations are looked up by this text.
    const id = given.toLowerCase();
    // Ending the caller's session is a logout.
    if (id !== caller.sessionId) await this.stepUp.require(caller);
    if (!isUUID(id)) throw new NotFoundError('You have no such session.');
    const { subject } = caller;
    await this.sessions.require(id, subject);
    await this.sessions.end({ subject, only: id, reason: 'ended_by_user', client });
  }
}
