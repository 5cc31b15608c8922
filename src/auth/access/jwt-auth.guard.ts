import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Principal } from '../../common/principal.js';
import { PUBLIC_KEY } from '../../common/public.decorator.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { PASSWORD_CHANGE_KEY } from './access.decorators.js';
import { AccessTokenMissingError, PasswordChangeRequiredError } from './access.errors.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { bearerTokenOf } from './bearer-token.js';
import { PASSWORD_CHANGE_SCOPE } from './password-change-scope.js';

/**
 * Every route needs an access token unless it is `@Public()`. Goes straight to the verifier; asks no store. The steps
 * are `protected` for teams to override.
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    protected readonly reflector: Reflector,
    protected readonly verifier: AccessTokenVerifier,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.isPublic(context)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = this.tokenOf(request);
    if (token === undefined) throw new AccessTokenMissingError();
    const principal = this.verifier.verify(token);
    this.refusePendingPasswordChange(context, principal);
    request.user = principal;
    return true;
  }

  protected isPublic(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_KEY, targets) === true;
  }

  protected tokenOf(request: AuthenticatedRequest): string | undefined {
    return bearerTokenOf(request);
  }

  protected refusePendingPasswordChange(context: ExecutionContext, principal: Principal): void {
    if (!principal.scopes.includes(PASSWORD_CHANGE_SCOPE)) return;
    const allowed = this.reflector.get<boolean | undefined>(PASSWORD_CHANGE_KEY, context.getHandler());
    if (allowed !== true) throw new PasswordChangeRequiredError();
  }
}
