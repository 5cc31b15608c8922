import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';

@Controller('orders')
export class OrdersController {
  @Get()
  @UseGuards(AuthGuard('jwt'))
  list(@Req() { user }: { user: { userId: number } }): { customer: number } {
    return { customer: user.userId };
  }

  @Get('terms')
  terms(): string {
    return 'Thirty days.';
  }
}
