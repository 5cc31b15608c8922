import { Body, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { CurrentUser, OrScopes, Roles } from '../access/access.decorators.js';
import { AuditPageDto, pageOf } from '../auth/audit/audit-page.dto.js';
import { EmailField, OptionalNameField } from '../auth/fields/account-fields.js';
import { OwnFields } from '../auth/fields/own-fields.js';
import { WithUserFields } from '../auth/fields/user-field-models.js';
import { Invitations } from '../auth/registration/invitations.js';
import { PendingInvitations } from '../auth/registration/pending-invitations.js';
import { clientInfoOf, type HttpRequest } from '../common/client-info.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import type { Principal } from '../common/principal.js';
import { ADMIN_ROLE } from '../users/user.js';
import { InvitationPageModel, InvitedModel } from './invitations.model.js';
import { ReachableAddress } from '../auth/fields/reachable-address.decorator.js';

@WithUserFields('invitation')
class InviteDto {
  @EmailField('grace@example.com')
  email!: string;

  @OptionalNameField('Grace Hopper')
  name?: string | null;
}

@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@OrScopes('invitations:write')
@UnversionedController('admin/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly pending: PendingInvitations,
    private readonly fields: OwnFields,
  ) {}

  @Post()
  @ReachableAddress()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Invite a person',
    description:
      'Mails a link to set a password with, good for `INVITATION_TTL` (7 d); a second one ends the first. Not with ' +
      '`REGISTRATION=closed`. Needs the scope `invitations:write`.',
  })
  @ApiAcceptedResponse({ type: InvitedModel, description: 'The invitation is on its way.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['INSUFFICIENT_SCOPE', 'REGISTRATION_CLOSED', 'EMAIL_TAKEN'],
  })
  async invite(
    @CurrentUser() caller: Principal,
    @Body() body: InviteDto,
    @Req() request: HttpRequest,
  ): Promise<InvitedModel> {
    const { email, name = null } = body;
    const fields = this.fields.givenBy('admin', body);
    await this.fields.refuseTaken(fields);
    return { id: await this.invitations.invite({ email, name, fields }, caller, clientInfoOf(request)) };
  }

  @Get()
  @OrScopes('invitations:read')
  @ApiOperation({
    summary: 'List invitations',
    description: 'Those that can still be accepted, the latest first. Needs the scope `invitations:read`.',
  })
  @ApiOkResponse({ type: InvitationPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED', 'INSUFFICIENT_SCOPE'] })
  async list(@Query() query: AuditPageDto): Promise<InvitationPageModel> {
    return InvitationPageModel.of(await this.pending.list(pageOf(query)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Withdraw an invitation',
    description: 'Its link is of no use any more. Needs the scope `invitations:write`.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiNoContentResponse({ description: 'Withdrawn.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['INSUFFICIENT_SCOPE', 'NOT_FOUND'] })
  async withdraw(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.pending.withdraw(id, caller, clientInfoOf(request));
  }
}
