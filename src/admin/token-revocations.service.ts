import { Injectable } from '@nestjs/common';
import { AuditSink } from '../audit/audit-sink.js';
import { RevocationService } from '../tokens/revocation/revocation.service.js';

/** What operators do with access tokens. They die first: recording it may fail, and is told then. */
@Injectable()
export class TokenRevocationsService {
  constructor(
    private readonly revocations: RevocationService,
    private readonly audit: AuditSink,
  ) {}

  /** One access token. @param tokenId its `jti` */
  async revoke(tokenId: string): Promise<void> {
    await this.revocations.revokeToken(tokenId);
    await this.record(tokenId);
  }

  /** All there are. */
  async revokeAll(): Promise<void> {
    await this.revocations.revokeAll();
    await this.record('all');
  }

  private async record(tokenId: string): Promise<void> {
    await this.audit.record({
      type: 'token.revoked',
      actor: { kind: 'operator' },
      subject: null,
      client: null,
      details: { tokenId },
    });
  }
}
