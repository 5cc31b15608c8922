import { Controller, Get } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { AcceptsCredentials, CurrentUser, InjectDatabase, type Principal, Roles, Scopes } from 'latchkey';
import type { Database } from './database.js';
import { FIELDS } from './fields.js';

@Controller('colleagues')
@Scopes('profile:read')
export class ColleaguesController {
  constructor(@InjectDatabase() private readonly database: Database) {}

  /** Telephone numbers in the caller's tenant: for people, by a token, and for programs, by an API key. */
  @Get()
  @AcceptsCredentials()
  async list(@CurrentUser('subject') user: string): Promise<string[]> {
    const rows = await this.database
      .select({ telephone: sql<string>`theirs.telephone` })
      .from(sql`members as mine`)
      .innerJoin(sql`members as theirs`, sql`theirs.tenant_id = mine.tenant_id`)
      .where(sql`mine.user_id = ${user} and theirs.telephone is not null`)
      .orderBy(sql`theirs.telephone`);
    return rows.map(({ telephone }) => telephone);
  }

  /** What the token says, without a question to the database. */
  @Get('tenant')
  tenant(@CurrentUser('claims') claims: Principal['claims']): { tenantId: string | null } {
    return { tenantId: FIELDS.valuesIn(claims).tenantId };
  }

  @Get('count')
  @Roles('admin')
  async count(): Promise<{ members: number }> {
    return { members: await this.database.$count(sql`members`) };
  }
}
