import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/access/access.decorators.js';
import { EmailField, OptionalNameField } from '../auth/fields/account-fields.js';
import { Invitations } from '../auth/registration/invitation.service.js';
import { clientInfoOf, type HttpRequest } from '../common/client-info.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import type { Principal } from '../common/principal.js';
import { ADMIN_ROLE } from '../users/user.js';

class InviteDto {
  @EmailField('grace@example.com')
  email!: string;

  @OptionalNameField('Grace Hopper')
  name?: string;
}

@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@Controller('api/admin/invitations')
export class InvitationsController {
  constructor(private readonly invitations: Invitations) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Invite somebody',
    description:
      'Mails a link to set a password with, good for `INVITATION_TTL` (7 d); a second one ends the first. Not with ' +
      '`REGISTRATION=closed`. Needs the role `admin`.',
  })
  @ApiAcceptedResponse({ description: 'The invitation is on its way.' })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['INSUFFICIENT_ROLE', 'REGISTRATION_CLOSED', 'EMAIL_TAKEN'],
  })
  async invite(
    @CurrentUser() caller: Principal,
    @Body() { email, name }: InviteDto,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.invitations.invite({ email, name: name ?? null }, caller, clientInfoOf(request));
  }
}
