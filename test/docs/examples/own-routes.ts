import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, LatchkeyModule, loadConfig, type Principal, Public, Roles, Scopes } from 'latchkey';

@Controller('invoices')
@Scopes('profile:read')
class InvoicesController {
  @Get()
  list(@CurrentUser() caller: Principal) {
    return { of: caller.subject };
  }

  @Get('all')
  @Roles('admin')
  all() {
    return [];
  }

  @Get('terms')
  @Public()
  terms() {
    return 'Thirty days.';
  }
}

@Module({ imports: [LatchkeyModule.forRoot({ config: loadConfig() })], controllers: [InvoicesController] })
export class ShopModule {}
