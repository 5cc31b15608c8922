import { Injectable } from '@nestjs/common';
import { AccountConsents, type HeldConsent } from '../../auth/account/account-consents.js';
import { AccountLeftovers } from '../../auth/account/account-leftovers.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { type OAuthConsent, OAuthConsents } from './oauth-consents.js';

/** Consents as a part of an account: exported with it, and deleted with it. */
@Injectable()
export class ConsentRecords {
  constructor(
    leftovers: AccountLeftovers,
    accounts: AccountConsents,
    consents: OAuthConsents,
    private readonly clients: OAuthClients,
  ) {
    leftovers.declare((subject, transaction) => consents.forget(subject, transaction));
    accounts.declare(async (subject) => {
      const given = await consents.listOf(subject);
      return Promise.all(given.map((consent) => this.named(consent)));
    });
  }

  private async named(consent: OAuthConsent): Promise<HeldConsent> {
    const client = await this.clients.find(consent.clientId);
    return { ...consent, name: client?.name ?? consent.clientId };
  }
}
