import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Controller, Get, Injectable } from '@nestjs/common';
import {
  AcceptsCredentials,
  type CredentialRequest,
  CredentialStrategy,
  CurrentUser,
  type LatchkeyComposition,
  type Principal,
  type RequestDecision,
  Scopes,
} from 'latchkey';

interface ApiKey {
  readonly id: string;
  readonly user: string;
  readonly scopes: readonly string[];
}

/** In place of a table of yours, with a unique index on the hash. No key is kept. */
@Injectable()
export class ApiKeyTable {
  private readonly byHash = new Map<string, ApiKey>();

  /** @returns the key, which is shown once */
  issue(user: string, scopes: readonly string[]): string {
    const key = `acme_${randomBytes(32).toString('base64url')}`;
    this.byHash.set(hashOf(key), { id: randomUUID(), user, scopes });
    return key;
  }

  find(key: string): Promise<ApiKey | undefined> {
    return Promise.resolve(this.byHash.get(hashOf(key)));
  }

  withdraw(key: string): void {
    this.byHash.delete(hashOf(key));
  }
}

/** 256 random bits cannot be guessed, so that a fast hash will do. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

@Injectable()
export class ApiKeys extends CredentialStrategy {
  readonly name = 'api-key';
  override readonly scheme = { type: 'apiKey', in: 'header', name: 'X-API-Key' } as const;

  constructor(private readonly table: ApiKeyTable) {
    super();
  }

  override async identify({ request }: CredentialRequest): Promise<RequestDecision> {
    const sent = request.headers['x-api-key'];
    if (typeof sent !== 'string') return { outcome: 'not-mine' };
    const key = await this.table.find(sent);
    if (!key) return { outcome: 'reject' };
    const { id, user, scopes } = key;
    return { outcome: 'accept', caller: { user, scopes, clientId: id } };
  }
}

export const apiKeys: LatchkeyComposition = {
  providers: [ApiKeyTable, { provide: CredentialStrategy, useClass: ApiKeys }],
};

@Controller('reports')
@AcceptsCredentials('api-key')
export class ReportsController {
  @Get()
  @Scopes('profile:read')
  list(@CurrentUser() caller: Principal) {
    return { of: caller.subject, byKey: caller.clientId };
  }
}
