import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TrustedClients } from '../../auth/forward-auth/trusted-clients.js';
import { OAuthClients } from '../clients/oauth-clients.js';

/** Says at `/api/auth/verify` which OAuth clients belong to the team: the first-party ones. */
@Injectable()
export class TrustedFirstParty implements OnModuleInit {
  constructor(
    private readonly trusted: TrustedClients,
    private readonly clients: OAuthClients,
  ) {}

  onModuleInit(): void {
    this.trusted.declare(async (id) => {
      const client = await this.clients.find(id);
      return client !== undefined && client.firstParty && !client.disabled;
    });
  }
}
