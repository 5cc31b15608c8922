import { Body, Delete, Headers, HttpCode, Param, Patch, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Scopes } from '../../access/access.decorators.js';
import { OwnFields } from '../../auth/fields/own-fields.js';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { type AdministeringCaller, administering } from '../rights/caller.js';
import { requireScopes } from '../rights/reach.js';
import { AdminUserModel } from './admin-user.model.js';
import type { WantedChange } from './held-users.js';
import { ifMatchHeader } from './if-match-header.js';
import { ChangeUserDto } from './user-change.dto.js';
import { UserChangesGuard } from './user-changes.guard.js';
import { type UserChange, UserChangesService } from './user-changes.service.js';
import { UserDeletionService } from './user-deletion.service.js';
import { UserUnlockService } from './user-unlock.service.js';
import { VERSION_HEADER, versionOf } from './user-version.js';
import { VersionCondition } from './version-condition.js';

const USERS_WRITE = 'users:write';
const IF_MATCH = ifMatchHeader('the user as you saw them');

/** Users as administrators change them. */
@ApiTags('Administration')
@ApiBearerAuth()
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@UnversionedController('admin/users/:id')
export class UserChangesController {
  constructor(
    private readonly changes: UserChangesService,
    private readonly deletion: UserDeletionService,
    private readonly unlocking: UserUnlockService,
    private readonly fields: OwnFields,
  ) {}

  @Patch()
  @UseGuards(UserChangesGuard)
  @ApiOperation({
    summary: 'Change a user',
    description:
      'What is not named stays. `If-Match` must say which version is meant: of two changes of one version one is made. Access ' +
      'tokens that say otherwise die. Needs the scope `users:write`, for `roles` `roles:write`; of an administrator also `admins:write`.',
  })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: AdminUserModel, headers: VERSION_HEADER })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: [
      'NOT_FOUND',
      'PRECONDITION_REQUIRED',
      'PRECONDITION_FAILED',
      'EMAIL_TAKEN',
      'FIELD_TAKEN',
      'LAST_ADMINISTRATOR',
      'NOT_SUPPORTED',
    ],
  })
  async change(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Body() body: ChangeUserDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<AdminUserModel> {
    const scopes = scopesFor(body);
    requireScopes(caller, scopes);
    const version = VersionCondition.required(ifMatch);
    const wanted = { id, scopes, version, acting: administering(caller, request) };
    const changed = await this.changes.change(wanted, this.changeOf(body));
    response.header('ETag', versionOf(changed));
    return changed;
  }

  @Delete()
  @Scopes(USERS_WRITE)
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a user',
    description:
      'With all sessions and mailed links; the audit log stays. Needs the scope `users:write`; of an administrator also `admins:write`.',
  })
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['NOT_FOUND', 'PRECONDITION_FAILED', 'LAST_ADMINISTRATOR', 'NOT_SUPPORTED'],
  })
  async delete(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.deletion.delete(wantedOf(id, ifMatch, administering(caller, request)));
  }

  @Post('unlock')
  @Scopes(USERS_WRITE)
  @HttpCode(204)
  @ApiOperation({
    summary: 'Let a user try passwords again',
    description:
      'What waiting there is after wrong passwords is over. Needs the scope `users:write`; of an administrator also `admins:write`.',
  })
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse({ description: 'Unlocked.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['NOT_FOUND', 'PRECONDITION_FAILED', 'NOT_SUPPORTED'],
  })
  async unlock(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.unlocking.unlock(wantedOf(id, ifMatch, administering(caller, request)));
  }

  /** What is left out of the body is no part of the change, which null would be. */
  private changeOf(body: ChangeUserDto): UserChange {
    const { name, email, emailVerified, disabled, roles } = body;
    return {
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email }),
      ...(emailVerified !== undefined && { emailVerified }),
      ...(disabled !== undefined && { disabled }),
      ...(roles && { roles }),
      fields: this.fields.givenBy('admin', body),
    };
  }
}

function scopesFor({ roles, ...others }: ChangeUserDto): string[] {
  const isOfRolesAlone = roles && Object.values(others).every((value) => value === undefined);
  return [...(isOfRolesAlone ? [] : [USERS_WRITE]), ...(roles ? ['roles:write'] : [])];
}

function wantedOf(id: string, ifMatch: string | undefined, acting: AdministeringCaller): WantedChange {
  return { id, scopes: [USERS_WRITE], version: VersionCondition.of(ifMatch), acting };
}
