import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { RequestCredentials } from '../credentials/request-credentials.js';
import { RequestTokens } from './request-tokens.js';
import { AccessTokenMissingError, PasswordChangeRequiredError } from './access.errors.js';
import { type AccessRule, AccessRules } from './access-rules.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { PASSWORD_CHANGE_SCOPE } from '../grants/password-change-scope.js';

/**
 * Every route needs an access token unless it is `@Public()`, or takes other credentials (`@AcceptsCredentials()`). Goes straight to the verifier. The steps
 * are `protected` for teams to override.
 */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    protected readonly rules: AccessRules,
    protected readonly verifier: AccessTokenVerifier,
    protected readonly tokens: RequestTokens,
    protected readonly credentials: RequestCredentials,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context);
    if (rule.isPublic) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = this.tokenOf(request);
    if (token === undefined) return this.admitWithoutToken(request, rule);
    const principal = this.verifier.authenticate(token);
    if (principal instanceof Promise) return principal.then((known) => this.admit(request, rule, known));
    return this.admit(request, rule, principal);
  }

  /** Of a request whose token is good. @returns whether it may go on */
  protected admit(request: AuthenticatedRequest, rule: AccessRule, principal: Principal): boolean {
    this.tokens.refuseForgery(request, principal);
    this.refusePendingPasswordChange(rule, principal);
    request.user = principal;
    return true;
  }

  /**
   * By a credential of a team's own, where the route takes one.
   * @throws AccessTokenMissingError if there is none
   */
  protected admitWithoutToken(request: AuthenticatedRequest, rule: AccessRule): boolean | Promise<boolean> {
    if (rule.credentials === undefined) throw new AccessTokenMissingError();
    return this.credentials.identify(request, rule.credentials).then((principal) => {
      if (!principal) throw new AccessTokenMissingError();
      this.refusePendingPasswordChange(rule, principal);
      request.user = principal;
      return true;
    });
  }

  /** @returns the access token that the request carries; undefined: none */
  protected tokenOf(request: AuthenticatedRequest): string | undefined {
    return this.tokens.tokenOf(request);
  }

  /** @throws PasswordChangeRequiredError where the caller must choose a password first, and the route is for others */
  protected refusePendingPasswordChange(rule: AccessRule, principal: Principal): void {
    if (rule.allowsPasswordChange || !principal.scopes.includes(PASSWORD_CHANGE_SCOPE)) return;
    throw new PasswordChangeRequiredError();
  }
}
