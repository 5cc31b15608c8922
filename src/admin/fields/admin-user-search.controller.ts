import { Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Scopes } from '../../access/access.decorators.js';
import { pageOf } from '../../auth/audit/audit-page.dto.js';
import { OwnFields } from '../../auth/fields/own-fields.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { UserPageModel, UserSearchDto } from './user-search.dto.js';

/** Users, found by a team's own fields. */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('users:read')
@UnversionedController('admin/users')
export class AdminUserSearchController {
  constructor(private readonly fields: OwnFields) {}

  @Get()
  @ApiOperation({
    summary: 'Find users by a field of your own',
    description: 'Those who have the value in it, exactly. Needs the scope `users:read`.',
  })
  @ApiOkResponse({ type: UserPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED', 'INSUFFICIENT_SCOPE'] })
  async find(@Query() query: UserSearchDto): Promise<UserPageModel> {
    const { limit, before: after } = pageOf(query);
    const page = { limit: limit + 1, ...(after !== undefined && { after }) };
    return UserPageModel.of(await this.fields.search(query.field, query.value, page), limit);
  }
}
