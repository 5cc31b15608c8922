import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionClients } from '../../auth/session/session-clients.js';
import { OAuthClients } from '../clients/oauth-clients.js';

/** Says in lists of sessions what the clients are called that they were granted to. */
@Injectable()
export class NamedSessionClients implements OnModuleInit {
  constructor(
    private readonly sessions: SessionClients,
    private readonly clients: OAuthClients,
  ) {}

  onModuleInit(): void {
    this.sessions.declare(async (id) => (await this.clients.find(id))?.name);
  }
}
