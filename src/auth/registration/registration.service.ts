import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { AddressQuota } from '../mails/address-quota.js';
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
    private readonly quota: AddressQuota,
    private readonly firstSession: FirstSession,
  ) {}

  /**
   * @returns undefined with `REGISTRATION=verify-first`, where a mail is all that comes of it
   * @throws PasswordRejectedError, EmailTakenError, RegistrationClosedError
   */
  async register(wish: Registration, client: ClientInfo): Promise<SignedIn | undefined> {
    const { mode } = this.config;
    if (mode !== 'open' && mode !== 'verify-first') throw new RegistrationClosedError();
    const mayMail = () => this.quota.takeProof(wish.email);
    if (mode === 'verify-first') {
      await this.pending.request({ ...wish, mayMail }, client);
      return undefined;
    }
    const user = await this.open.register({ ...wish, mayMail }, client);
    return this.firstSession.open(user, client, 'registration');
  }
}
