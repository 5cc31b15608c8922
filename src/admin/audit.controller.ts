import { Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { type AuditPage, AuditLog } from '../audit/audit-log.js';
import { CurrentUser, OrScopes, Roles } from '../access/access.decorators.js';
import { pageOf } from '../auth/audit/audit-page.dto.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import type { Principal } from '../common/principal.js';
import { ADMIN_ROLE, type User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { AuditQueryDto } from './audit.dto.js';
import { AuditPageModel } from './audit.model.js';
import { requireScopes } from './rights/reach.js';

@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@OrScopes('audit:read')
@UnversionedController('admin/audit')
export class AuditController {
  constructor(
    private readonly log: AuditLog,
    private readonly users: UsersRepository,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Read the audit log',
    description:
      'The newest events first; what is recorded meanwhile moves no page. Needs the scope `audit:read`.',
  })
  @ApiOkResponse({ type: AuditPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED', 'INSUFFICIENT_SCOPE'] })
  async find(@CurrentUser() caller: Principal, @Query() query: AuditQueryDto): Promise<AuditPageModel> {
    const withAddresses = query.addresses === 'true';
    if (withAddresses) requireScopes(caller, ['users:read']);

    const { type, subject, actor, outcome, ip, from, to } = query;
    const page = await this.log.find({
      type,
      subject,
      actor,
      outcome,
      ip,
      ...pageOf(query),
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    });
    return AuditPageModel.of(page, withAddresses ? await this.namedIn(page) : undefined);
  }

  /** One statement for the page. */
  private async namedIn({ events }: AuditPage): Promise<User[]> {
    const ids = events.flatMap(({ subject, actorId }) => [subject, actorId]).filter((id) => id !== null);
    return this.users.findByIds([...new Set(ids)]);
  }
}
