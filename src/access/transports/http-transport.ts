import type { ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import type { AuthenticatedRequest } from '../authenticated-request.js';
import type { Transport } from './transport.js';

/** Always there. The caller is `request.user`, where passport and the field's libraries have it. */
export const HTTP_TRANSPORT: Transport = {
  type: 'http',
  requestOf: requestIn,
  bind(context: ExecutionContext, caller: Principal): void {
    requestIn(context).user = caller;
  },
};

function requestIn(context: ExecutionContext): AuthenticatedRequest {
  return context.getArgByIndex<AuthenticatedRequest>(0);
}
