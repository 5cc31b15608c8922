import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Public, Roles, Scopes } from './access.decorators.js';
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

class Bare {
  plain(): void {}
}

describe('AccessRules', () => {
  const rules = new AccessRules(new Reflector());
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
      { isPublic: false, roles: undefined, scopes: undefined },
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
    ['@Public(false) on a handler closes it', Open, 'closed', { isPublic: false }],
  ])('%s', (_, controller, handler, expected) => {
    expect(ruleOf(controller, handler)).toMatchObject(expected);
    expect(ruleOf(controller, handler)).toBe(ruleOf(controller, handler));
  });
});
