import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, type Principal, Public, ResourceServerModule, Roles } from 'latchkey/resource-server';

@Controller('invoices')
export class InvoicesController {
  @Get()
  mine(@CurrentUser() caller: Principal): object {
    return { of: caller.subject };
  }

  @Roles('admin')
  @Get('all')
  all(): object {
    return { of: 'all' };
  }

  @Public()
  @Get('prices')
  prices(): object {
    return { hour: 100 };
  }
}

const { ISSUER = 'https://id.example.com', AUDIENCE = 'https://api.example.com' } = process.env;

@Module({
  imports: [ResourceServerModule.forRoot({ issuer: ISSUER, audience: AUDIENCE })],
  controllers: [InvoicesController],
})
export class InvoicesModule {}
