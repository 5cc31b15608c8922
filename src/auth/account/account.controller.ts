import { Body, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { WaitingClient } from '../../common/waiting-client.decorator.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { AllowsPasswordChange, CurrentUser } from '../../access/access.decorators.js';
import type { User } from '../../users/user.js';
import { LimitsUniqueFields } from '../fields/limits-unique-fields.decorator.js';
import { OwnFields } from '../fields/own-fields.js';
import { UserModel } from '../sign-in/user.model.js';
import { ChangePasswordDto, UpdateProfileDto } from './account.dto.js';
import { PasswordChangeService } from './password-change.service.js';
import { ProfileService } from './profile.service.js';

@ApiTags('Account')
@ApiBearerAuth()
@UnversionedController()
export class AccountController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly passwords: PasswordChangeService,
    private readonly fields: OwnFields,
  ) {}

  @Get('profile')
  @ApiOperation({ summary: 'Read your profile' })
  @ApiOkResponse({ type: UserModel })
  @ApiProblems({ bearer: true, codes: ['ACCOUNT_DISABLED'] })
  async profile(@CurrentUser('subject') subject: string): Promise<UserModel> {
    return this.answer(await this.profiles.find(subject));
  }

  @Patch('profile')
  @LimitsUniqueFields()
  @ApiOperation({ summary: 'Change your name' })
  @ApiOkResponse({ type: UserModel })
  @ApiProblems({ bearer: true, body: true, codes: ['ACCOUNT_DISABLED'] })
  async rename(
    @CurrentUser() caller: Principal,
    @Body() body: UpdateProfileDto,
    @Req() request: HttpRequest,
  ): Promise<UserModel> {
    const change = { name: body.name, fields: this.fields.givenBy('user', body) };
    return this.answer(await this.profiles.change(caller, change, clientInfoOf(request)));
  }

  @Post('auth/password/change')
  @HttpCode(204)
  @AllowsPasswordChange()
  @RateLimited('reauthentication')
  @ApiOperation({
    summary: 'Change your password',
    description:
      'Ends your other sessions, and links that were mailed to reset it. Who was given an initial password can do nothing else before this, and logs in again ' +
      'after it.',
  })
  @ApiNoContentResponse({ description: 'Changed.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: [
      'PASSWORD_REJECTED',
      'INVALID_CREDENTIALS',
      'CONFLICT',
      'NO_LOCAL_PASSWORD',
      'ACCOUNT_DISABLED',
      'RATE_LIMITED',
      'ACCOUNT_THROTTLED',
    ],
  })
  async changePassword(
    @CurrentUser() caller: Principal,
    @Body() dto: ChangePasswordDto,
    @WaitingClient() client: ClientInfo,
  ): Promise<void> {
    await this.passwords.change(caller, dto.currentPassword, dto.newPassword, client);
  }

  private async answer(user: User): Promise<UserModel> {
    return UserModel.of(user, await this.fields.of(user));
  }
}
