import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext, Logger } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { tokenOf, underTest, verifyAnew, withClaims } from '../../../test/support/verifier-under-test.js';
import { CurrentUser, Public, Roles } from '../access.decorators.js';
import { AccessRules } from '../access-rules.js';
import { JwtAuthGuard } from '../jwt-auth.guard.js';
import { RequestCredentials } from '../request-credentials.js';
import { RequestTokens } from '../request-tokens.js';
import { RolesGuard } from '../roles.guard.js';
import { bindCaller } from './caller.js';
import type { Transport } from './transport.js';
import { Transports } from './transports.js';

/** As calls of a protocol of one's own carry their token. */
interface Call {
  readonly token?: string;
}

class Refusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

const callOf = (context: ExecutionContext) => context.getArgByIndex<Call>(1);

const PIGEON_POST: Transport = {
  type: 'pigeon',
  requestOf: () => undefined,
  tokenOf: (context) => callOf(context).token,
  bind: (context, caller) => bindCaller(callOf(context), caller),
  refusal: ({ code }: LatchkeyError) => new Refusal(code),
};

class Loft {
  @Roles('user')
  receive(@CurrentUser() caller: Principal): Principal {
    return caller;
  }

  @Roles('admin')
  breed(): void {}

  @Public()
  feed(): void {}
}

/** Nest's own way to give a handler its parameter. */
function callerFor(context: ExecutionContext): Principal | undefined {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, Loft, 'receive') as Record<
    string,
    { data: unknown; factory: (data: unknown, context: ExecutionContext) => Principal | undefined }
  >;
  const [parameter] = Object.values(parameters);
  return parameter?.factory(parameter.data, context);
}

function guards(...transports: Transport[]): { authentication: JwtAuthGuard; roles: RolesGuard } {
  const known = Transports.of(transports);
  const rules = new AccessRules();
  const [tokens, credentials] = [new RequestTokens(), new RequestCredentials()];
  return {
    authentication: new JwtAuthGuard(rules, underTest.verifier, tokens, credentials, known, underTest.bound),
    roles: new RolesGuard(rules, known),
  };
}

function contextOf(handler: keyof Loft, type: string, ...args: unknown[]): ExecutionContext {
  const context = new ExecutionContextHost(args, Loft, Loft.prototype[handler]);
  context.setType(type);
  return context;
}

describe('A call of a transport', () => {
  verifyAnew();

  it('is let in with the token that its transport finds, and known to the guards and the handler after', async () => {
    const { authentication, roles } = guards(PIGEON_POST);
    const context = contextOf('receive', 'pigeon', 'coo', { token: tokenOf() });

    expect(await authentication.canActivate(context)).toBe(true);
    expect(roles.canActivate(context)).toBe(true);
    expect(callerFor(contextOf('receive', 'pigeon', ...context.getArgs()))).toMatchObject({
      subject: 'someone',
    });
  });

  it.each([
    ['no token', {}, 'TOKEN_MISSING'],
    ['a token that is none', { token: 'x' }, 'TOKEN_INVALID'],
  ])('is refused in the words of its transport with %s', (_, call, reason) => {
    const { authentication } = guards(PIGEON_POST);

    expect(() => authentication.canActivate(contextOf('receive', 'pigeon', 'coo', call))).toThrow(
      new Refusal(reason),
    );
  });

  it('is refused in the same words by the guards that follow', async () => {
    const { authentication, roles } = guards(PIGEON_POST);
    const context = contextOf('breed', 'pigeon', 'coo', { token: withClaims({ roles: ['user'] }) });
    await authentication.canActivate(context);

    expect(() => roles.canActivate(context)).toThrow(new Refusal('INSUFFICIENT_ROLE'));
    expect(() => roles.canActivate(contextOf('breed', 'pigeon', 'coo', {}))).toThrow(
      new Refusal('TOKEN_MISSING'),
    );
  });

  it('is no one else than who that call is from', async () => {
    const { authentication } = guards(PIGEON_POST);
    await authentication.canActivate(contextOf('receive', 'pigeon', 'coo', { token: tokenOf() }));

    expect(callerFor(contextOf('receive', 'pigeon', 'coo', {}))).toBeUndefined();
  });

  it('is refused where there is no transport of its type, unless it is for everyone', async () => {
    Logger.overrideLogger(false);
    const { authentication } = guards();

    expect(() => authentication.canActivate(contextOf('receive', 'pigeon', 'coo', {}))).toThrow(
      expect.objectContaining({ code: 'TOKEN_MISSING' }),
    );
    expect(await authentication.canActivate(contextOf('feed', 'pigeon', 'coo', {}))).toBe(true);
  });

  it('that an HTTP request carries is known by the token of that request, and a forged one is refused', async () => {
    const request: HttpRequest = {
      method: 'POST',
      url: '/graph',
      headers: { authorization: `Bearer ${tokenOf()}` },
    };
    const carried: Transport = { ...PIGEON_POST, requestOf: () => request };
    const { authentication } = guards(carried);
    const refused: unknown[] = [];
    const tokens = Object.assign(new RequestTokens(), {
      refuseForgery: (which: HttpRequest) => void refused.push(which),
    });
    const known = Transports.of([carried]);
    const rules = new AccessRules();
    const { verifier, bound } = underTest;
    const careful = new JwtAuthGuard(rules, verifier, tokens, new RequestCredentials(), known, bound);

    expect(await authentication.canActivate(contextOf('receive', 'pigeon', 'coo', {}))).toBe(true);
    expect(await careful.canActivate(contextOf('receive', 'pigeon', 'coo', {}))).toBe(true);
    expect(refused).toEqual([request]);
  });
});
