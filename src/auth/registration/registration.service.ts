import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { FirstSession } from './first-session.js';
import { OpenRegistration, type Registration } from './open-registration.js';
import { PendingRegistrations } from './pending-registrations.js';
import { RegistrationClosedError } from './registration.errors.js';

/** A registration in whichever mode `REGISTRATION` says. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: RegistrationConfig,
    private readonly open: OpenRegistration,
    private readonly pending: PendingRegistrations,
    private readonly firstSession: FirstSession,
  ) {}

  /**
   * @returns undefined with `REGISTRATION=verify-first`, where a mail is all that comes of it
   * @throws PasswordRejectedError, EmailTakenError, RegistrationClosedError
   */
  async register(wish: Registration, client: ClientInfo): Promise<SignedIn | undefined> {
    const { mode } = this.config;
    if (mode === 'verify-first') {
      await this.pending.request(wish, client);
      return undefined;
    }
    if (mode !== 'open') throw new RegistrationClosedError();
    return this.firstSession.open(await this.open.register(wish, client), client, 'registration');
  }
}
