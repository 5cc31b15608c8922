import { Body, Get, Param, Patch, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { CurrentUser, Roles } from '../../access/access.decorators.js';
import { FieldChanges } from '../../auth/fields/field-changes.js';
import { OwnFields } from '../../auth/fields/own-fields.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { ADMIN_ROLE } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { existingUser } from '../no-such-user.js';
import { UpdateUserFieldsDto, UserFieldsModel } from './user-fields.dto.js';

/** A team's own fields, as administrators read and write them. */
@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@UnversionedController('admin/users/:id/fields')
export class AdminUserFieldsController {
  constructor(
    private readonly users: UsersRepository,
    private readonly fields: OwnFields,
    private readonly changes: FieldChanges,
  ) {}

  @Get()
  @ApiOperation({ summary: "Read a user's own fields", description: 'Needs the role `admin`.' })
  @ApiOkResponse({ type: UserFieldsModel })
  @ApiProblems({ bearer: true, codes: ['INSUFFICIENT_ROLE', 'NOT_FOUND'] })
  async read(@Param('id') id: string): Promise<UserFieldsModel> {
    return this.fields.of(existingUser(await this.users.findById(id)));
  }

  @Patch()
  @ApiOperation({
    summary: "Change a user's own fields",
    description:
      'What is not named stays; null takes a field back. Access tokens die if they say what was changed: the next refresh ' +
      'brings one that says what is. Needs the role `admin`.',
  })
  @ApiOkResponse({ type: UserFieldsModel })
  @ApiProblems({ bearer: true, body: true, codes: ['INSUFFICIENT_ROLE', 'NOT_FOUND'] })
  async change(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Body() body: UpdateUserFieldsDto,
    @Req() request: HttpRequest,
  ): Promise<UserFieldsModel> {
    const user = existingUser(await this.users.findById(id));
    const writer = {
      actor: { kind: 'user', id: caller.subject },
      sessionId: caller.sessionId,
      client: clientInfoOf(request),
    } as const;
    const changed = await this.changes.change(user, this.fields.givenBy('admin', body), writer);
    return this.fields.of(existingUser(changed));
  }
}
