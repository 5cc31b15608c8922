import type { ExecutionContext } from '@nestjs/common';
import { Injectable } from '../common/nest.js';
import { PUBLIC_KEY } from '../common/public.decorator.js';
import { isOwnController } from '../common/is-of-latchkey.js';
import {
  CLIENTS_KEY,
  CREDENTIALS_KEY,
  EVERY_GRANT_KEY,
  GATEWAY_KEY,
  OR_SCOPES_KEY,
  PASSWORD_CHANGE_KEY,
  ROLES_KEY,
  SCOPES_KEY,
} from './access.decorators.js';

/** What a route asks of its caller. */
export interface AccessRule {
  readonly isPublic: boolean;
  /** One of them is enough; undefined: none is asked for. */
  readonly roles: readonly string[] | undefined;
  /** All of them together stand in for one of the roles; undefined: none do. */
  readonly scopesForRoles: readonly string[] | undefined;
  /** All of them are needed. */
  readonly scopes: readonly string[] | undefined;
  /** Names of credential strategies that may stand in for an access token; empty: any; undefined: none. */
  readonly credentials: readonly string[] | undefined;
  readonly allowsPasswordChange: boolean;
  /** Whether OAuth clients by themselves may come, without a user. */
  readonly takesClients: boolean;
  /** Whether it is a user's own account that it is about: tokens of OAuth clients need the scope `account`. */
  readonly isOfAccount: boolean;
  /** Whether a gateway asks, about what it was asked. */
  readonly isOfGateway: boolean;
}

/**
 * Reads the decorators of a route, once. The handler's word wins over its class's, across decorators: `@Public()` on a
 * handler puts the class's roles and scopes aside, roles or scopes on a handler put the class's `@Public()` aside.
 */
@Injectable()
export class AccessRules {
  private readonly known = new WeakMap<object, WeakMap<object, AccessRule>>();

  /** What holds for the handler that a request has come to. */
  of(context: ExecutionContext): AccessRule {
    const controller = context.getClass();
    const handler = context.getHandler();
    let ofController = this.known.get(controller);
    if (!ofController) {
      ofController = new WeakMap();
      this.known.set(controller, ofController);
    }
    let rule = ofController.get(handler);
    if (!rule) {
      rule = this.read(handler, controller);
      ofController.set(handler, rule);
    }
    return rule;
  }

  private read(handler: object, controller: object): AccessRule {
    const own = {
      isPublic: flag(PUBLIC_KEY, handler),
      roles: names(ROLES_KEY, handler),
      scopes: names(SCOPES_KEY, handler),
    };
    const asks = own.roles !== undefined || own.scopes !== undefined;
    const inherits = own.isPublic !== true;
    const roles = own.roles ?? (inherits ? names(ROLES_KEY, controller) : undefined);
    const scopes = own.scopes ?? (inherits ? names(SCOPES_KEY, controller) : undefined);
    return {
      isPublic: own.isPublic ?? (!asks && flag(PUBLIC_KEY, controller) === true),
      roles,
      scopes,
      scopesForRoles: names(OR_SCOPES_KEY, handler, controller),
      credentials: names(CREDENTIALS_KEY, handler, controller),
      allowsPasswordChange: flag(PASSWORD_CHANGE_KEY, handler) === true,
      takesClients: flag(CLIENTS_KEY, handler, controller) === true,
      isOfGateway: flag(GATEWAY_KEY, handler) === true,
      isOfAccount:
        roles === undefined &&
        scopes === undefined &&
        isOwnController(controller) &&
        flag(EVERY_GRANT_KEY, handler) !== true,
    };
  }
}

function flag(key: string, ...targets: readonly object[]): boolean | undefined {
  return noted(key, targets) as boolean | undefined;
}

function names(key: string, ...targets: readonly object[]): readonly string[] | undefined {
  return noted(key, targets) as readonly string[] | undefined;
}

/** What `SetMetadata` left on the first that has it: as Nest's Reflector reads it, which would bring all of `@nestjs/common`. */
function noted(key: string, targets: readonly object[]): unknown {
  return targets
    .map((target): unknown => Reflect.getMetadata(key, target))
    .find((value) => value !== undefined);
}
