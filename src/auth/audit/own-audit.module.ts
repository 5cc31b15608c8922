import { Module } from '@nestjs/common';
import { OwnAuditController } from './own-audit.controller.js';

/** Users read the audit events of their own account. */
@Module({
  controllers: [OwnAuditController],
})
export class OwnAuditModule {}
