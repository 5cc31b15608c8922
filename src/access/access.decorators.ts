import type { CustomDecorator, ExecutionContext } from '@nestjs/common';
import { SetMetadata, createParamDecorator } from '../common/nest.js';
import type { Principal } from '../common/principal.js';
import { callerOf } from './transports/caller.js';

export { Public } from '../common/public.decorator.js';

export const ROLES_KEY = 'latchkey:roles';
export const SCOPES_KEY = 'latchkey:scopes';
export const OR_SCOPES_KEY = 'latchkey:or-scopes';
export const CREDENTIALS_KEY = 'latchkey:credentials';
export const CLIENTS_KEY = 'latchkey:clients';
export const EVERY_GRANT_KEY = 'latchkey:every-grant';
export const GATEWAY_KEY = 'latchkey:gateway';
export const PASSWORD_CHANGE_KEY = 'latchkey:password-change';

/** Only callers who have one of the roles. On a handler or a class; the handler's word wins. */
export const Roles = (...roles: string[]): CustomDecorator => SetMetadata(ROLES_KEY, roles);

/** Only callers whose token has all of the scopes. On a handler or a class; the handler's word wins. */
export const Scopes = (...scopes: string[]): CustomDecorator => SetMetadata(SCOPES_KEY, scopes);

/**
 * Beside `@Roles()`: who has none of the roles comes with a token that has all of the scopes. On a handler or a class; the handler's
 * word wins.
 */
export const OrScopes = (...scopes: string[]): CustomDecorator => SetMetadata(OR_SCOPES_KEY, scopes);

/**
 * Takes tokens of OAuth clients by themselves, too (client credentials), where `Principal.isClient` says that there is no user. Scopes
 * hold as ever; of roles such a caller has none. On a handler or a class; the handler's word wins.
 * @param takes `false` on a handler: its class's word does not hold
 * @example `@Clients() @Scopes('stock:write')`
 */
export const Clients = (takes = true): CustomDecorator => SetMetadata(CLIENTS_KEY, takes);

/** A route of Latchkey's that asks no token for the scope `account`. */
export const TakesEveryGrant = (): CustomDecorator => SetMetadata(EVERY_GRANT_KEY, true);

/** A route that a gateway asks about what it was asked: DPoP proofs are for that. */
export const AnswersGateways = (): CustomDecorator => SetMetadata(GATEWAY_KEY, true);

/** Lets in those, too, who must change their password before anything else. */
export const AllowsPasswordChange = (): CustomDecorator => SetMetadata(PASSWORD_CHANGE_KEY, true);

/** The caller, or one property of it: `@CurrentUser() caller: Principal`, `@CurrentUser('subject') id: string`. */
export const CurrentUser: ReturnType<typeof createParamDecorator<keyof Principal | undefined>> =
  createParamDecorator((property: keyof Principal | undefined, context: ExecutionContext) => {
    const caller = callerOf(context);
    return property === undefined ? caller : caller?.[property];
  });
