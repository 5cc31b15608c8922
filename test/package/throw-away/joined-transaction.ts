import { Body, ConflictException, Controller, Inject, Post, Req } from '@nestjs/common';
import { IsString } from 'class-validator';
import {
  AccountRegistration,
  clientInfoOf,
  type HttpRequest,
  type JoinedTransaction,
  Public,
  SharedTransactions,
} from 'latchkey';
import pg from 'pg';

class JoinedDto {
  @IsString()
  company!: string;

  @IsString()
  email!: string;

  @IsString()
  password!: string;
}

/** A company and its account, in a transaction that the application begins and ends itself. */
@Controller('joined')
@Public()
export class JoinedController {
  constructor(
    @Inject(pg.Pool) private readonly pool: pg.Pool,
    private readonly accounts: AccountRegistration,
    private readonly transactions: SharedTransactions,
  ) {}

  @Post()
  async register(@Body() { company, email, password }: JoinedDto, @Req() request: HttpRequest) {
    const account = await this.accounts.prepare({ email, password }, clientInfoOf(request));
    const client = await this.pool.connect();
    let transaction: JoinedTransaction;
    try {
      await client.query('begin');
      transaction = this.transactions.join(client);
      const { id } = await account.within(transaction);
      const insert = 'insert into shop.companies values ($1, $2) on conflict do nothing';
      if ((await client.query(insert, [company, id])).rowCount === 0) throw new ConflictException();
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
    await transaction.committed();
  }
}
