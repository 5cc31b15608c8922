import {
  createParamDecorator,
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import type { Principal } from '../common/principal.js';
import { callerOf } from './transports/caller.js';

export { Public } from '../common/public.decorator.js';

export const ROLES_KEY = 'latchkey:roles';
export const SCOPES_KEY = 'latchkey:scopes';
export const CREDENTIALS_KEY = 'latchkey:credentials';
export const PASSWORD_CHANGE_KEY = 'latchkey:password-change';

/** Only callers who have one of the roles. On a handler or a class; the handler's word wins. */
export const Roles = (...roles: string[]): CustomDecorator => SetMetadata(ROLES_KEY, roles);

/** Only callers whose token has all of the scopes. On a handler or a class; the handler's word wins. */
export const Scopes = (...scopes: string[]): CustomDecorator => SetMetadata(SCOPES_KEY, scopes);

/** Lets in those, too, who must change their password before anything else. */
export const AllowsPasswordChange = (): CustomDecorator => SetMetadata(PASSWORD_CHANGE_KEY, true);

/** The caller, or one property of it: `@CurrentUser() caller: Principal`, `@CurrentUser('subject') id: string`. */
export const CurrentUser: ReturnType<typeof createParamDecorator<keyof Principal | undefined>> =
  createParamDecorator((property: keyof Principal | undefined, context: ExecutionContext) => {
    const caller = callerOf(context);
    return property === undefined ? caller : caller?.[property];
  });
