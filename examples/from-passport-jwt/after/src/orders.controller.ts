import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Public, UsersRepository } from 'latchkey';

@Controller('orders')
export class OrdersController {
  constructor(private readonly users: UsersRepository) {}

  @Get()
  async list(@CurrentUser('subject') subject: string): Promise<{ customer: unknown }> {
    const user = await this.users.findById(subject);
    return { customer: user?.attributes['customer'] };
  }

  @Get('terms')
  @Public()
  terms(): string {
    return 'Thirty days.';
  }
}
