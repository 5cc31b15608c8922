import { ApiProperty } from '@nestjs/swagger';
import type { AuditPage } from '../../audit/audit-log.js';
import type { KnownDevice } from '../../tokens/devices/device-history.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import type { IdentityLink } from '../../users/identity-links.js';
import type { User } from '../../users/user.js';
import { OwnAuditEventModel, OwnAuditPageModel } from '../audit/own-audit.model.js';
import { WithUserFields } from '../fields/user-field-models.js';
import type { ClientNames } from '../session/session-clients.js';
import { SessionModel } from '../session/session.model.js';
import { UserModel } from '../sign-in/user.model.js';
import type { HeldConsent } from './account-consents.js';
import { ExportedConsentModel } from './exported-consent.model.js';

const INSTANT = { type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const;

@WithUserFields('answer')
class ExportedProfileModel extends UserModel {
  @ApiProperty({ ...INSTANT, nullable: true })
  emailVerifiedAt!: string | null;

  @ApiProperty(INSTANT)
  updatedAt!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {},
    description: 'What else a team keeps of you.',
  })
  attributes!: Record<string, unknown>;
}

class ExportedSessionModel extends SessionModel {
  @ApiProperty({ ...INSTANT, description: 'When it ends at the latest.' })
  expiresAt!: string;

  @ApiProperty({
    ...INSTANT,
    nullable: true,
    description: 'Null while it has not been ended.',
    example: null,
  })
  endedAt!: string | null;
}

class ExportedDeviceModel {
  @ApiProperty(INSTANT)
  firstSeenAt!: string;

  @ApiProperty(INSTANT)
  lastSeenAt!: string;
}

class ExportedLinkModel {
  @ApiProperty({ example: 'email-verification', description: 'What the link that was mailed is good for.' })
  purpose!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ada.king@example.com',
    description: 'The new address, of a change of address.',
  })
  email!: string | null;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  expiresAt!: string;
}

class ExportedIdentityModel {
  @ApiProperty({ example: 'directory', description: 'What knows the account, and your password.' })
  strategy!: string;

  @ApiProperty({ example: '0c7a4a3e-5a1b-103e-8d3c-2f4f8f1d7a10', description: 'As what it is known there.' })
  externalId!: string;

  @ApiProperty(INSTANT)
  createdAt!: string;
}

/** What is held besides the profile. */
export interface HeldData {
  readonly sessions: readonly Session[];
  readonly tokens: readonly OneTimeToken[];
  readonly devices: readonly KnownDevice[];
  readonly links: readonly IdentityLink[];
  readonly consents: readonly HeldConsent[];
  readonly audit: AuditPage;
}

/** Everything held about a user, but for what only guards the account: hashes. */
export class AccountExportModel {
  @ApiProperty(INSTANT)
  exportedAt!: string;

  @ApiProperty({ type: ExportedProfileModel })
  profile!: ExportedProfileModel;

  @ApiProperty({
    type: [ExportedSessionModel],
    description:
      'Open ones, then at most 1,000 that ended or expired and are still kept (a day, or with ' +
      '`SESSION_STORE=redis` until they would have expired, the last 100 that were ended).',
  })
  sessions!: ExportedSessionModel[];

  @ApiProperty({ type: [ExportedLinkModel], description: 'Links that were mailed and can still be used.' })
  pendingLinks!: ExportedLinkModel[];

  @ApiProperty({
    type: [ExportedDeviceModel],
    description:
      'Devices that have logged in, by which new ones are told: kept as keyed hashes, and these times.',
  })
  knownDevices!: ExportedDeviceModel[];

  @ApiProperty({
    type: [ExportedIdentityModel],
    description: 'Accounts that are kept elsewhere, e.g. in a directory, and log in as you.',
  })
  linkedIdentities!: ExportedIdentityModel[];

  @ApiProperty({ type: [ExportedConsentModel], description: 'What you allowed other applications.' })
  consents!: ExportedConsentModel[];

  @ApiProperty({
    type: [OwnAuditEventModel],
    description: 'What happened to the account, and what you did; the newest 1,000.',
  })
  auditEvents!: OwnAuditEventModel[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To read older events with, as `cursor` of your audit log; null where there are none.',
    example: null,
  })
  olderAuditEvents!: string | null;

  static of(
    now: number,
    user: User,
    fields: UserFieldValues,
    currentSessionId: string,
    names: ClientNames,
    { sessions, tokens, devices, links, consents, audit }: HeldData,
  ): AccountExportModel {
    const { events, nextCursor } = OwnAuditPageModel.of(audit, user.id);
    return {
      exportedAt: new Date(now).toISOString(),
      profile: Object.assign(UserModel.of(user, fields), {
        emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
        updatedAt: user.updatedAt.toISOString(),
        attributes: { ...user.attributes },
      }),
      sessions: sessions.map((session) =>
        Object.assign(SessionModel.of(session, currentSessionId, names), {
          expiresAt: session.expiresAt.toISOString(),
          endedAt: session.endedAt?.toISOString() ?? null,
        }),
      ),
      pendingLinks: tokens.map(({ purpose, payload, createdAt, expiresAt }) => ({
        purpose,
        email: typeof payload['email'] === 'string' ? payload['email'] : null,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
      knownDevices: devices.map(({ firstSeenAt, lastSeenAt }) => ({
        firstSeenAt: firstSeenAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
      })),
      linkedIdentities: links.map(({ strategy, externalId, createdAt }) => ({
        strategy,
        externalId,
        createdAt: createdAt.toISOString(),
      })),
      consents: consents.map((consent) => ExportedConsentModel.of(consent)),
      auditEvents: events,
      olderAuditEvents: nextCursor,
    };
  }
}
