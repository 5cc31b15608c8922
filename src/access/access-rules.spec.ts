import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { rememberOwn } from '../common/is-of-latchkey.js';
import { Clients, Public, Roles, Scopes, TakesEveryGrant } from './access.decorators.js';
import { AccessRules } from './access-rules.js';

@Scopes('orders:read')
@Roles('staff')
class Guarded {
  plain(): void {}
  @Public()
  open(): void {}
  @Roles('admin')
  admin(): void {}
}

@Public()
class Open {
  plain(): void {}
  @Roles('admin')
  admin(): void {}
  @Scopes('orders:read')
  scoped(): void {}
  @Public(false)
  closed(): void {}
}

@Clients()
class Machines {
  plain(): void {}
  @Clients(false)
  forUsers(): void {}
}

@rememberOwn
class Own {
  plain(): void {}
  @TakesEveryGrant()
  open(): void {}
  @Scopes('users:read')
  scoped(): void {}
  @Roles('admin')
  admin(): void {}
}

class Bare {
  plain(): void {}
}

describe('AccessRules', () => {
  const rules = new AccessRules();
  const ruleOf = (controller: new () => object, handler: string) => {
    const context = {
      getClass: () => controller,
      getHandler: () => (controller.prototype as Record<string, unknown>)[handler],
    };
    return rules.of(context as unknown as ExecutionContext);
  };

  it.each<[string, new () => object, string, object]>([
    [
      'without a decorator a route is closed',
      Bare,
      'plain',
      {
        isPublic: false,
        roles: undefined,
        scopes: undefined,
        takesClients: false,
        isOfAccount: false,
      },
    ],
    [
      'a class speaks for its handlers',
      Guarded,
      'plain',
      { isPublic: false, roles: ['staff'], scopes: ['orders:read'] },
    ],
    [
      '@Public() on a handler puts its class aside',
      Guarded,
      'open',
      { isPublic: true, roles: undefined, scopes: undefined },
    ],
    [
      'a handler’s roles stand in for its class’s',
      Guarded,
      'admin',
      { isPublic: false, roles: ['admin'], scopes: ['orders:read'] },
    ],
    ['@Public() on a class opens its handlers', Open, 'plain', { isPublic: true }],
    ['roles on a handler close it', Open, 'admin', { isPublic: false, roles: ['admin'] }],
    ['scopes on a handler close it', Open, 'scoped', { isPublic: false, scopes: ['orders:read'] }],
    ['@Clients() on a class lets clients in', Machines, 'plain', { takesClients: true }],
    ['@Clients(false) on a handler keeps them out', Machines, 'forUsers', { takesClients: false }],
    ['a route of Latchkey’s without scopes is of the account', Own, 'plain', { isOfAccount: true }],
    ['one that takes every grant is not', Own, 'open', { isOfAccount: false }],
    ['one that asks for a scope is not', Own, 'scoped', { isOfAccount: false }],
    ['one that asks for a role is not', Own, 'admin', { isOfAccount: false }],
    ['@Public(false) on a handler closes it', Open, 'closed', { isPublic: false }],
  ])('%s', (_, controller, handler, expected) => {
    expect(ruleOf(controller, handler)).toMatchObject(expected);
    expect(ruleOf(controller, handler)).toBe(ruleOf(controller, handler));
  });
});
