import { HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { CurrentUser, Scopes } from '../access/access.decorators.js';
import type { HttpRequest } from '../common/client-info.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import type { Principal } from '../common/principal.js';
import { AccountRescueService } from './account-rescue.service.js';
import { administering } from './rights/caller.js';

const USER_ID = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

/** What administrators do where an account may be in foreign hands. */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('users:write')
@UnversionedController('admin')
export class AdminUsersController {
  constructor(private readonly accounts: AccountRescueService) {}

  @Post('users/:id/password-reset')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have a user set a new password',
    description:
      'Mails the user, and no one else, the link of a forgotten password, and ends their sessions. The old password ' +
      'is none any more. Needs the scope `users:write`; of an administrator also `admins:write`.',
  })
  @ApiParam(USER_ID)
  @ApiAcceptedResponse({ description: 'The mail is on its way.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['ACCOUNT_DISABLED', 'NOT_FOUND', 'NO_LOCAL_PASSWORD'],
  })
  async startPasswordReset(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.accounts.startPasswordReset({ id }, administering(caller, request));
  }
}
