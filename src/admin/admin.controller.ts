import { Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { Roles } from '../access/access.decorators.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import { ADMIN_ROLE } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';

class AdminOverviewModel {
  @ApiProperty({ example: 'Welcome, administrator.' })
  message!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many users there are.', example: 42 })
  users!: number;
}

@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@UnversionedController('admin')
export class AdminController {
  constructor(private readonly users: UsersRepository) {}

  @Get()
  @ApiOperation({ summary: 'Overview', description: 'Needs the role `admin`.' })
  @ApiOkResponse({ type: AdminOverviewModel })
  @ApiProblems({ bearer: true, codes: ['INSUFFICIENT_ROLE'] })
  async overview(): Promise<AdminOverviewModel> {
    return { message: 'Welcome, administrator.', users: await this.users.count() };
  }
}
