import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '../common/nest.js';
import type { HttpRequest } from '../common/client-info.js';
import type { Principal } from '../common/principal.js';
import { AccessTokenVerifier } from '../tokens/access/access-token-verifier.js';
import {
  AccessTokenMissingError,
  InsufficientScopeError,
  PasswordChangeRequiredError,
  UserRequiredError,
} from './access.errors.js';
import { ACCOUNT_SCOPE, reachesAccount } from './account-scope.js';
import { type AccessRule, AccessRules } from './access-rules.js';
import { PASSWORD_CHANGE_SCOPE } from './password-change-scope.js';
import { BoundTokens } from './proofs/bound-tokens.js';
import { type DpopCall, dpopCallOf } from './proofs/dpop-call.js';
import { forwardedCall } from './proofs/forwarded-call.js';
import { RequestCredentials } from './request-credentials.js';
import { RequestTokens } from './request-tokens.js';
import type { Transport } from './transports/transport.js';
import { Transports } from './transports/transports.js';

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
    protected readonly transports: Transports,
    protected readonly bound: BoundTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context);
    if (rule.isPublic) return true;
    try {
      const decision = this.decide(context, rule);
      return decision instanceof Promise
        ? decision.catch((error: unknown) => {
            throw this.transports.refusal(error, context);
          })
        : decision;
    } catch (error) {
      throw this.transports.refusal(error, context);
    }
  }

  /** Of a call whose token is good. @returns whether it may go on */
  protected admit(context: ExecutionContext, rule: AccessRule, principal: Principal): boolean {
    const transport = this.transports.of(context);
    const request = transport.requestOf(context);
    if (request) this.tokens.refuseForgery(request, principal);
    this.refuseClient(rule, principal);
    this.refusePendingPasswordChange(rule, principal);
    transport.bind(context, principal);
    return true;
  }

  /**
   * By a credential of a team's own, where the route takes one.
   * @throws AccessTokenMissingError if there is none
   */
  protected admitWithoutToken(context: ExecutionContext, rule: AccessRule): boolean | Promise<boolean> {
    const transport = this.transports.of(context);
    const request = transport.requestOf(context);
    if (rule.credentials === undefined || !request) throw new AccessTokenMissingError(this.bound.isOffered);
    return this.credentials.identify(request, rule.credentials).then((principal) => {
      if (!principal) throw new AccessTokenMissingError(this.bound.isOffered);
      this.refusePendingPasswordChange(rule, principal);
      transport.bind(context, principal);
      return true;
    });
  }

  /** @returns the access token that an HTTP request carries; undefined: none */
  protected tokenOf(request: HttpRequest): string | undefined {
    return this.tokens.tokenOf(request);
  }

  /** @throws PasswordChangeRequiredError where the caller must choose a password first, and the route is for others */
  protected refusePendingPasswordChange(rule: AccessRule, principal: Principal): void {
    if (rule.allowsPasswordChange || !principal.scopes.includes(PASSWORD_CHANGE_SCOPE)) return;
    throw new PasswordChangeRequiredError();
  }

  /**
   * @throws UserRequiredError for an OAuth client by itself, unless the route says `@Clients()`
   * @throws InsufficientScopeError for a client with a user's token that was not granted the account, on its routes
   */
  protected refuseClient(rule: AccessRule, principal: Principal): void {
    if (principal.isClient && !rule.takesClients) throw new UserRequiredError();
    if (rule.isOfAccount && !reachesAccount(principal)) throw new InsufficientScopeError([ACCOUNT_SCOPE]);
  }

  private decide(context: ExecutionContext, rule: AccessRule): boolean | Promise<boolean> {
    const transport = this.transports.of(context);
    const call = this.dpopCallIn(context, rule, transport);
    if (call) return this.bound.authenticate(call).then((known) => this.admit(context, rule, known));
    const token = this.tokenIn(context, transport);
    if (token === undefined) return this.admitWithoutToken(context, rule);
    const principal = this.verifier.authenticate(token);
    if (principal instanceof Promise) return principal.then((known) => this.admit(context, rule, known));
    return this.admit(context, rule, principal);
  }

  private dpopCallIn(
    context: ExecutionContext,
    rule: AccessRule,
    transport: Transport,
  ): DpopCall | undefined {
    const request = transport.requestOf(context);
    if (!request) return transport.dpopCallOf?.(context);
    const call = dpopCallOf(request);
    return call && rule.isOfGateway ? forwardedCall(call, request) : call;
  }

  private tokenIn(context: ExecutionContext, transport: Transport): string | undefined {
    const request = transport.requestOf(context);
    return request ? this.tokenOf(request) : transport.tokenOf?.(context);
  }
}
