import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { AuditEventType } from '../../audit/audit-event.js';
import { REFUSED_EVENT, RefusalInterceptor } from './refusal.interceptor.js';

/**
 * A public route that takes a token: one that is no good is recorded as a failure of `type`. Stands below the decorators that
 * read the token, since the last one is the outermost.
 */
export function RecordsRefusal(type: AuditEventType): MethodDecorator {
  return applyDecorators(SetMetadata(REFUSED_EVENT, type), UseInterceptors(RefusalInterceptor));
}
