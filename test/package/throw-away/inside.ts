import { Controller, Get, Param } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DatabaseConnection, Public, SharedTransactions } from 'latchkey';

/** What an application is made of, and what it has written down. */
@Controller('inside')
@Public()
export class InsideController {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly connection: DatabaseConnection,
    private readonly transactions: SharedTransactions,
  ) {}

  /** The names of all controllers and providers. */
  @Get('parts')
  parts(): string[] {
    const names = new Set<string>();
    for (const { controllers, providers } of this.modules.values()) {
      for (const { name } of controllers.values()) names.add(String(name));
      for (const { name } of providers.values()) names.add(String(name));
    }
    return [...names].toSorted();
  }

  /** The names of a user's fields that are kept in Latchkey's own table. */
  @Get('attributes/:id')
  attributes(@Param('id') id: string): Promise<string[]> {
    return this.transactions.run(async (_, client) => {
      const users = `"${this.connection.schema}".users`;
      const names = `select jsonb_object_keys(attributes) as name from ${users} where id = $1 order by 1`;
      return (await client.query<{ name: string }>(names, [id])).rows.map(({ name }) => name);
    });
  }

  /** Those of Latchkey's tables in which there are rows. */
  @Get('tables')
  tables(): Promise<string[]> {
    const { schema } = this.connection;
    return this.transactions.run(async (_, client) => {
      const { rows } = await client.query<{ name: string }>(
        'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
        [schema],
      );
      const filled = rows.map(
        ({ name }) => `select '${name}' as name where exists (select from "${schema}"."${name}")`,
      );
      const found = await client.query<{ name: string }>(filled.join(' union all '));
      return found.rows.map(({ name }) => name);
    });
  }
}
