import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { IdentityLinks } from '../../users/identity-links.js';
import { AccountConsents } from './account-consents.js';
import type { HeldData } from './account-export.model.js';

/** Open sessions, past ones, and events, each: of older ones the answer says where they are. */
const EXPORTED_AT_MOST = 1000;

/** What is kept about a user beside the account itself. */
@Injectable()
export class AccountRecords {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly devices: DeviceHistory,
    private readonly log: AuditLog,
    private readonly links: IdentityLinks,
    private readonly consents: AccountConsents,
  ) {}

  async find(subject: string): Promise<HeldData> {
    const open = await this.sessions.listOpen(subject, { limit: EXPORTED_AT_MOST });
    const pending = await this.tokens.pending(subject);
    return {
      sessions: [...open, ...(await this.sessions.listPast(subject, EXPORTED_AT_MOST))],
      // A login that is not complete is none of the user's links.
      tokens: pending.filter(({ purpose }) => purpose !== 'login-challenge'),
      devices: await this.devices.list(subject),
      links: await this.links.listOf(subject),
      consents: await this.consents.of(subject),
      audit: await this.log.find({ concerning: subject, limit: EXPORTED_AT_MOST }),
    };
  }
}
