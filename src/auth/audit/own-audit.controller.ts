import { Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { AuditLog } from '../../audit/audit-log.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { CurrentUser } from '../../access/access.decorators.js';
import { AuditPageDto, pageOf } from './audit-page.dto.js';
import { OwnAuditPageModel } from './own-audit.model.js';

@ApiTags('Account')
@ApiBearerAuth()
@UnversionedController('profile/audit')
export class OwnAuditController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @ApiOperation({
    summary: 'See what happened to your account',
    description: 'Logins, failed ones included, ended sessions, changes, what you did; the newest first.',
  })
  @ApiOkResponse({ type: OwnAuditPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED'] })
  async find(
    @CurrentUser('subject') subject: string,
    @Query() query: AuditPageDto,
  ): Promise<OwnAuditPageModel> {
    return OwnAuditPageModel.of(await this.log.find({ concerning: subject, ...pageOf(query) }), subject);
  }
}
