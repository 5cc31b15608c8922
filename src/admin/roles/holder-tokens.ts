import { Injectable } from '@nestjs/common';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { UsersRepository } from '../../users/users.repository.js';

/** Of more users than that the access tokens of all users die, in place of an entry for each. */
const FEW = 50;

/** Access tokens of users who have a role. */
@Injectable()
export class HolderTokens {
  constructor(
    private readonly users: UsersRepository,
    private readonly revocations: RevocationService,
  ) {}

  /** Those issued until now die; sessions go on. */
  async revoke(role: string): Promise<void> {
    const holders = await this.users.findHolders(role, FEW + 1);
    if (holders.length > FEW) await this.revocations.revokeAll();
    else await Promise.all(holders.map((id) => this.revocations.revokeSubject(id)));
  }
}
