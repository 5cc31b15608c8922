import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AccessTokenMissingError } from '../../access/access.errors.js';
import { callerOf } from '../../access/transports/caller.js';
import { requireScopes } from '../rights/reach.js';

/** Only callers who may change something of users: what, says the body, which is not read yet. */
@Injectable()
export class UserChangesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const caller = callerOf(context);
    if (!caller) throw new AccessTokenMissingError();
    if (!caller.scopes.includes('roles:write')) requireScopes(caller, ['users:write']);
    return true;
  }
}
