import { Injectable } from '@nestjs/common';
import { AuthEvents, UsersRepository } from 'latchkey';

/** One of the providers of an application. */
@Injectable()
export class Newsletter {
  readonly recipients = new Map<string, string>();

  constructor(
    events: AuthEvents,
    private readonly users: UsersRepository,
  ) {
    events.on(['user.registered', 'invitation.accepted'], ({ subject }) => this.add(subject));
    events.on('user.deleted', ({ subject }) => this.recipients.delete(subject));
  }

  private async add(id: string): Promise<void> {
    const user = await this.users.findById(id);
    if (user) this.recipients.set(id, user.email);
  }
}
