import { Body, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Scopes } from '../../access/access.decorators.js';
import type { HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { administering } from '../rights/caller.js';
import { RoleAdministrationService } from './role-administration.service.js';
import { ChangeRoleDto, CreateRoleDto, RoleModel } from './role.dto.js';

const NAME = { name: 'name', schema: { type: 'string' } } as const;

/** Roles, and the scopes that they give. */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('roles:write')
@UnversionedController('admin/roles')
export class RolesController {
  constructor(private readonly roles: RoleAdministrationService) {}

  @Get()
  @Scopes('roles:read')
  @ApiOperation({ summary: 'List the roles', description: 'Needs the scope `roles:read`.' })
  @ApiOkResponse({ type: [RoleModel] })
  @ApiProblems({ bearer: true, codes: ['NOT_SUPPORTED'] })
  async list(): Promise<RoleModel[]> {
    return (await this.roles.list()).map((role) => RoleModel.of(role));
  }

  @Post()
  @ApiOperation({
    summary: 'Make a role',
    description: 'Of scopes that the caller has. Needs the scope `roles:write`.',
  })
  @ApiCreatedResponse({ type: RoleModel })
  @ApiProblems({ bearer: true, body: true, codes: ['ROLE_TAKEN', 'NOT_SUPPORTED'] })
  async create(
    @CurrentUser() caller: Principal,
    @Body() { name, scopes, description = '' }: CreateRoleDto,
    @Req() request: HttpRequest,
  ): Promise<RoleModel> {
    const role = { name, scopes, description };
    return RoleModel.of(await this.roles.create(role, administering(caller, request)));
  }

  @Put(':name')
  @ApiOperation({
    summary: 'Change what a role allows',
    description:
      'Access tokens of users who have it die; the next refresh brings what it allows now. The caller must have all scopes of before and ' +
      'after. `admin` stays as it is, and `user` gets none of administration. Needs the scope `roles:write`.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: RoleModel })
  @ApiProblems({ bearer: true, body: true, codes: ['NOT_FOUND', 'ROLE_PROTECTED', 'NOT_SUPPORTED'] })
  async change(
    @CurrentUser() caller: Principal,
    @Param('name') name: string,
    @Body() { scopes, description }: ChangeRoleDto,
    @Req() request: HttpRequest,
  ): Promise<RoleModel> {
    const change = { scopes, ...(description !== undefined && { description }) };
    return RoleModel.of(await this.roles.set(name, change, administering(caller, request)));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a role',
    description: 'One that no user has; neither `admin` nor `user`. Needs the scope `roles:write`.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['NOT_FOUND', 'ROLE_PROTECTED', 'ROLE_IN_USE', 'NOT_SUPPORTED'],
  })
  async delete(
    @CurrentUser() caller: Principal,
    @Param('name') name: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.roles.delete(name, administering(caller, request));
  }
}
