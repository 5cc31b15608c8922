import type { Provider } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { PasswordHasher } from '../../auth/passwords/password-hasher.js';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { AppConfig } from '../../config/config.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { DATABASE, DatabaseConnection } from '../../database/database.js';
import { StoragePurge } from '../../database/purge/storage-purge.js';
import { MailTimings } from '../../mail/sending/mail-timings.js';
import { OutboxStore } from '../../mail/sending/outbox-store.js';
import { Mailer } from '../../mail/transport/mailer.js';
import { OAuthClientsRepository } from '../../oauth/clients/oauth-clients.repository.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import { OneTimeTokensRepository } from '../../tokens/one-time/one-time-tokens.repository.js';
import { RevocationStore } from '../../tokens/revocation/revocation-store.js';
import { SessionsRepository } from '../../tokens/sessions/sessions.repository.js';
import { IdentityLinks } from '../../users/identity-links.js';
import { UsersRepository } from '../../users/users.repository.js';
import { InMemoryAuditLog } from './in-memory-audit-log.js';
import type { InMemoryStores } from './in-memory-stores.js';
import { NO_HANDLE, NoDatabase } from './no-database.js';
import type { PublicOf } from './public-of.js';
import { QuickPasswordHasher } from './quick-password-hasher.js';

/** There are no rows that could be left over. */
const NO_PURGE: PublicOf<StoragePurge> = {
  declare: () => undefined,
  run: () => Promise.resolve({ counts: {}, yielded: false }),
};

/** Nothing that a test waits for is put off. */
class UndelayedMails extends MailTimings {
  override readonly discretionMin = 0;
  override readonly discretionMax = 0;
}

/**
 * What stands in for everything of an application that asks a database, or takes long. Loaded when it is asked for, since the
 * tokens are of modules that load Drizzle.
 */
export function inMemoryProviders(stores: InMemoryStores): Provider[] {
  return [
    { provide: Clock, useValue: stores.clock },
    { provide: DatabaseConnection, inject: [AppConfig], useFactory: noDatabaseOutsideProduction },
    { provide: DATABASE, useValue: NO_HANDLE },
    { provide: UnitOfWork, useValue: stores.unitOfWork },
    { provide: StoragePurge, useValue: NO_PURGE },
    { provide: UsersRepository, useValue: stores.users },
    { provide: SessionsRepository, useValue: stores.sessions },
    { provide: RevocationStore, useValue: stores.revocations },
    { provide: OneTimeTokensRepository, useValue: stores.oneTimeTokens },
    { provide: DeviceHistory, useValue: stores.devices },
    { provide: IdentityLinks, useValue: stores.links },
    { provide: OAuthClientsRepository, useValue: stores.clients },
    { provide: AuditSink, useValue: stores.audit },
    { provide: AuditLog, useValue: new InMemoryAuditLog(stores.audit) },
    { provide: OutboxStore, useValue: stores.outbox },
    { provide: Mailer, useValue: stores.mails },
    { provide: MailTimings, useClass: UndelayedMails },
    { provide: PasswordHasher, useClass: QuickPasswordHasher },
  ];
}

/** @throws ConfigurationError in production */
function noDatabaseOutsideProduction({ production }: AppConfig): NoDatabase {
  if (!production) return new NoDatabase();
  throw new ConfigurationError(['InMemoryLatchkey is for tests: it keeps nothing, and passwords badly']);
}
