import { Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Scopes } from '../../access/access.decorators.js';
import { OwnFields } from '../../auth/fields/own-fields.js';
import type { HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { UsersRepository } from '../../users/users.repository.js';
import { existingUser } from '../no-such-user.js';
import { AdminUserModel, AdminUserPageModel } from './admin-user.model.js';
import { ListedUsers } from './listed-users.js';
import { UserQueryDto } from './user-query.dto.js';
import { VERSION_HEADER, versionOf } from './user-version.js';

/** Users as administrators find and see them. */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('users:read')
@UnversionedController('admin/users')
export class UserDirectoryController {
  constructor(
    private readonly listed: ListedUsers,
    private readonly users: UsersRepository,
    private readonly fields: OwnFields,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Find users',
    description:
      'A page at a time; users who come and go move none of the others to another page. Needs the scope `users:read`.',
  })
  @ApiOkResponse({ type: AdminUserPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED', 'INSUFFICIENT_SCOPE', 'NOT_SUPPORTED'] })
  async find(@Query() query: UserQueryDto): Promise<AdminUserPageModel> {
    return this.listed.page(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a user', description: 'Needs the scope `users:read`.' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ type: AdminUserModel, headers: VERSION_HEADER })
  @ApiProblems({ bearer: true, codes: ['INSUFFICIENT_SCOPE', 'NOT_FOUND'] })
  async see(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<AdminUserModel> {
    const user = existingUser(await this.users.findById(id));
    const seen = AdminUserModel.of(user, await this.fields.of(user));
    response.header('ETag', versionOf(seen));
    return seen;
  }
}
