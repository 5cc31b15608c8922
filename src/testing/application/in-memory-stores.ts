import { Clock } from '../../common/clock.js';
import { InMemoryOneTimeTokensRepository } from '../memory/in-memory-one-time-tokens.repository.js';
import type { InMemoryRevocationStore } from '../memory/in-memory-revocation-store.js';
import { InMemorySessionsRepository } from '../memory/in-memory-sessions.repository.js';
import { InMemoryUnitOfWork } from '../memory/in-memory-unit-of-work.js';
import { InMemoryUsersRepository } from '../memory/in-memory-users.repository.js';
import { InMemoryDeviceHistory } from './in-memory-device-history.js';
import { InMemoryIdentityLinks } from '../memory/in-memory-identity-links.js';
import { InMemoryOAuthClientsRepository } from '../memory/in-memory-oauth-clients.repository.js';
import { InMemoryOutboxStore } from './in-memory-outbox-store.js';
import { KeptAuditEvents } from './kept-audit-events.js';
import { KeptMails } from './kept-mails.js';

/** All that an application remembers. */
export class InMemoryStores {
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly oneTimeTokens = new InMemoryOneTimeTokensRepository();
  readonly outbox = new InMemoryOutboxStore();
  readonly mails = new KeptMails();
  readonly links = new InMemoryIdentityLinks();
  readonly clients = new InMemoryOAuthClientsRepository();
  readonly users: InMemoryUsersRepository;
  readonly sessions: InMemorySessionsRepository;
  readonly audit: KeptAuditEvents;
  readonly devices: InMemoryDeviceHistory;

  constructor(
    readonly clock: Clock,
    readonly revocations: InMemoryRevocationStore,
  ) {
    this.users = new InMemoryUsersRepository(clock);
    this.sessions = new InMemorySessionsRepository(revocations);
    this.audit = new KeptAuditEvents(clock);
    this.devices = new InMemoryDeviceHistory(this.unitOfWork, clock);
  }
}
