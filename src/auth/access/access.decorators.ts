import {
  applyDecorators,
  createParamDecorator,
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Principal } from '../../common/principal.js';
import type { AuthenticatedRequest } from './authenticated-request.js';

export { Public } from '../../common/public.decorator.js';

export const ROLES_KEY = 'latchkey:roles';
export const SCOPES_KEY = 'latchkey:scopes';
export const CREDENTIALS_KEY = 'latchkey:credentials';
export const PASSWORD_CHANGE_KEY = 'latchkey:password-change';

/** Only callers who have one of the roles. On a handler or a class; the handler's word wins. */
export const Roles = (...roles: string[]): CustomDecorator => SetMetadata(ROLES_KEY, roles);

/** Only callers whose token has all of the scopes. On a handler or a class; the handler's word wins. */
export const Scopes = (...scopes: string[]): CustomDecorator => SetMetadata(SCOPES_KEY, scopes);

/**
 * Takes credentials of a team's own (`CredentialStrategy`), too, where a request carries no access token. On a handler or a
 * class; the handler's word wins. Roles and scopes hold as ever.
 * @param names of strategies, which Swagger shows as security schemes; none: all there are
 * @example `@AcceptsCredentials('api-key')`
 */
export const AcceptsCredentials = (...names: string[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(CREDENTIALS_KEY, names), ...names.map((name) => ApiSecurity(name)));

/** Lets in those, too, who must change their password before anything else. */
export const AllowsPasswordChange = (): CustomDecorator => SetMetadata(PASSWORD_CHANGE_KEY, true);

/** The caller, or one property of it: `@CurrentUser() caller: Principal`, `@CurrentUser('subject') id: string`. */
export const CurrentUser = createParamDecorator(
  (property: keyof Principal | undefined, context: ExecutionContext) => {
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return property === undefined ? user : user?.[property];
  },
);
