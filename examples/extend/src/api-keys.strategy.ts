import { Injectable } from '@nestjs/common';
import { type CredentialRequest, CredentialStrategy, type RequestDecision } from 'latchkey';
import { ApiKeysService } from './api-keys.service.js';

/** Knows callers by `X-API-Key`, where a route has `@AcceptsCredentials()`. A key may read, and nothing else. */
@Injectable()
export class ApiKeysStrategy extends CredentialStrategy {
  readonly name = 'api-key';
  override readonly scheme = { type: 'apiKey', in: 'header', name: 'X-API-Key' } as const;

  constructor(private readonly keys: ApiKeysService) {
    super();
  }

  override async identify({ request }: CredentialRequest): Promise<RequestDecision> {
    const sent = request.headers['x-api-key'];
    if (typeof sent !== 'string') return { outcome: 'not-mine' };
    const key = await this.keys.find(sent);
    if (!key) return { outcome: 'reject' };
    return { outcome: 'accept', caller: { user: key.userId, scopes: ['profile:read'], clientId: key.id } };
  }
}
