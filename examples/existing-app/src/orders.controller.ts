import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { IsString, MaxLength } from 'class-validator';
import { CurrentUser, Roles } from 'latchkey';
import { DATABASE, type Database } from './database.module.js';
import { orders } from './schema.js';
import { UsersService } from './users.service.js';

class NewOrder {
  @IsString()
  @MaxLength(100)
  what!: string;
}

@Controller('orders')
export class OrdersController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly users: UsersService,
  ) {}

  @Get()
  async mine(@CurrentUser('subject') account: string): Promise<string[]> {
    const userId = await this.users.idOf(account);
    const rows = await this.database.select().from(orders).where(eq(orders.userId, userId));
    return rows.map(({ what }) => what);
  }

  @Post()
  async order(@CurrentUser('subject') account: string, @Body() { what }: NewOrder): Promise<void> {
    await this.database.insert(orders).values({ what, userId: await this.users.idOf(account) });
  }

  @Get('all')
  @Roles('admin')
  async all(): Promise<string[]> {
    const rows = await this.database.select().from(orders);
    return rows.map(({ what }) => what);
  }
}
