import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
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

/** Whatever asks for the table imports it: Latchkey, whose strategy does, and modules of yours. */
@Module({ providers: [ApiKeyTable], exports: [ApiKeyTable] })
class ApiKeyTableModule {}

export const apiKeys: LatchkeyComposition = {
  imports: [ApiKeyTableModule],
  providers: [{ provide: CredentialStrategy, useClass: ApiKeys }],
};

/** With an access token: a key makes no other. */
@Controller('keys')
class KeysController {
  constructor(private readonly table: ApiKeyTable) {}

  @Post()
  issue(@CurrentUser('subject') user: string) {
    return { key: this.table.issue(user, ['profile:read']) };
  }
}

@Controller('reports')
@AcceptsCredentials('api-key')
export class ReportsController {
  @Get()
  @Scopes('profile:read')
  list(@CurrentUser() caller: Principal) {
    return { of: caller.subject, byKey: caller.clientId };
  }
}

@Module({ imports: [ApiKeyTableModule], controllers: [KeysController, ReportsController] })
export class ReportsModule {}
