import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ClientInfo } from '../../common/client-info.js';
import { deviceOf } from '../../common/device.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { DEFAULT_LANGUAGE } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import { UsersRepository } from '../../users/users.repository.js';
import { greetedName } from '../mails/greeted-name.js';

/** Tells users by mail that one of their refresh tokens was used a second time, perhaps by a thief. */
@Injectable()
export class ReuseNotice {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The session has ended, whether or not anybody can be told. */
  async send(subject: string, client: ClientInfo | null): Promise<void> {
    const complaint = 'A user could not be told of the reuse of a refresh token';
    await logFailure(this.logger, complaint, () => this.tell(subject, client), client);
  }

  private async tell(subject: string, client: ClientInfo | null): Promise<void> {
    const user = await this.users.findById(subject);
    if (!user || user.disabledAt) return;
    const at = new Date(this.clock.now());
    const ip = client?.ip ?? null;
    const data = { name: greetedName(user), at, ip, device: deviceOf(client?.userAgent ?? null) };
    const mail = { to: user.email, template: 'refresh-token-reused', data, account: user.id } as const;
    await this.outbox.enqueue({ ...mail, language: DEFAULT_LANGUAGE });
  }
}
