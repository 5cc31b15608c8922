import { Body, Delete, Get, Header, HttpCode, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { EndsSession } from '../cookie-mode/cookie-mode.decorators.js';
import { CurrentUser } from '../../access/access.decorators.js';
import { DeleteAccountDto } from './account-data.dto.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExportModel } from './account-export.model.js';
import { AccountExportService } from './account-export.service.js';

@ApiTags('Account')
@ApiBearerAuth()
@UnversionedController('profile')
export class AccountDataController {
  constructor(
    private readonly exports: AccountExportService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get('export')
  @RateLimited('reauthentication', 'account-export')
  @Header('Cache-Control', 'no-store')
  @Header('Content-Disposition', 'attachment; filename="account.json"')
  @ApiOperation({
    summary: 'Export your data',
    description: 'Everything held about you, in a machine-readable form (GDPR articles 15 and 20).',
  })
  @ApiOkResponse({ type: AccountExportModel })
  @ApiProblems({ bearer: true, codes: ['ACCOUNT_DISABLED', 'RATE_LIMITED'] })
  async export(@CurrentUser() caller: Principal, @Req() request: HttpRequest): Promise<AccountExportModel> {
    return this.exports.export(caller, clientInfoOf(request));
  }

  @Delete()
  @HttpCode(204)
  @EndsSession()
  @RateLimited('reauthentication', 'account-deletion')
  @ApiOperation({
    summary: 'Delete your account',
    description:
      'At once and for good (GDPR article 17), with its sessions; access tokens die. Answers `LAST_ADMINISTRATOR` ' +
      'where there is no other administrator who is not disabled.',
  })
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: [
      'INVALID_CREDENTIALS',
      'CONFLICT',
      'LAST_ADMINISTRATOR',
      'ACCOUNT_DISABLED',
      'RATE_LIMITED',
      'ACCOUNT_THROTTLED',
    ],
  })
  async delete(
    @CurrentUser() caller: Principal,
    @Body() { password }: DeleteAccountDto,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    await this.deletion.delete(caller, password, client);
  }
}
