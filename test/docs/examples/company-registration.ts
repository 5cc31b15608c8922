import { Body, ConflictException, Controller, Post, Req } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import {
  AccountRegistration,
  clientInfoOf,
  type HttpRequest,
  Public,
  RateLimited,
  SharedTransactions,
} from 'latchkey';

class CompanyDto {
  @Length(1, 200)
  company!: string;

  @IsString() // the rest is said by `prepare`
  email!: string;

  @IsString()
  password!: string;
}

/** A company and the account of who registers it: both, or neither. */
@Controller('companies')
export class CompaniesController {
  constructor(
    private readonly accounts: AccountRegistration,
    private readonly transactions: SharedTransactions,
  ) {}

  @Post()
  @Public()
  @RateLimited('register')
  async register(@Body() { company, email, password }: CompanyDto, @Req() request: HttpRequest) {
    const account = await this.accounts.prepare({ email, password }, clientInfoOf(request));
    return this.transactions.run(async (transaction, client) => {
      const { id } = await account.within(transaction);
      const { rows } = await client.query(
        'insert into shop.companies (name, owner) values ($1, $2) on conflict (name) do nothing returning 1',
        [company, id],
      );
      // What throws takes the account back.
      if (rows.length === 0) throw new ConflictException();
      return { owner: id };
    });
  }
}
