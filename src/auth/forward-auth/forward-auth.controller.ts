import { Get, HttpCode, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { OWN_CLIENT, type Principal } from '../../common/principal.js';
import {
  InsufficientRoleError,
  InsufficientScopeError,
  UserRequiredError,
} from '../../access/access.errors.js';
import { AnswersGateways, Clients, CurrentUser, TakesEveryGrant } from '../../access/access.decorators.js';
import { RequestTokens } from '../../access/request-tokens.js';
import { RolesGuard } from '../../access/roles.guard.js';
import { ScopesGuard } from '../../access/scopes.guard.js';
import { SubjectQuota } from '../../throttling/requests/subject-quota.js';
import { UnscopedRuleError } from './forward-auth.errors.js';
import { requiredAccessOf } from './required-access.js';
import { TrustedClients } from './trusted-clients.js';

/**
 * The request headers that the answer depends on: a gateway that keeps answers although it is told not to must not give one
 * caller's to another. nginx keeps none whose `Vary` has more than 128 characters.
 */
const VARY =
  'Authorization, Cookie, DPoP, Origin, Referer, Sec-Fetch-Site, X-CSRF-Token, X-Forwarded-Method, X-Original-Method';

const header = (description: string) => ({ description, schema: { type: 'string' as const } });

@ApiTags('Discovery')
@ApiBearerAuth()
@UnversionedController('auth')
export class ForwardAuthController {
  constructor(
    private readonly tokens: RequestTokens,
    private readonly roles: RolesGuard,
    private readonly scopes: ScopesGuard,
    private readonly quota: SubjectQuota,
    private readonly trusted: TrustedClients,
  ) {}

  @Get('verify')
  @TakesEveryGrant()
  @Clients()
  @AnswersGateways()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Check a token for a gateway',
    description:
      'For forward-auth (nginx `auth_request`, Traefik, Envoy, Caddy). Asks no store. Where the token ' +
      'is in a cookie, tell the method in `X-Forwarded-Method` or `X-Original-Method`: one that is not GET, HEAD or ' +
      'OPTIONS, or is not told, needs `Origin` and `X-CSRF-Token`. A query that asks for anything else, for nothing, or twice ' +
      'is refused, so that a slip in the configuration of a gateway opens nothing. A DPoP proof is for what `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri` tell. With `FORWARD_AUTH_RATE_LIMIT` a user has a ' +
      'quota of such requests. A token of a third-party OAuth client passes only where scopes are asked for that it has.',
  })
  @ApiQuery({
    name: 'roles',
    required: false,
    schema: { type: 'string', maxLength: 2000 },
    example: 'admin,auditor',
    description:
      'The caller has one of these, as `@Roles()` asks; commas between two, each written as in `X-Auth-Roles`.',
  })
  @ApiQuery({
    name: 'scopes',
    required: false,
    schema: { type: 'string', maxLength: 2000 },
    example: 'invoices:read invoices:write',
    description: 'The token has all of these, as `@Scopes()` asks; spaces or commas between two.',
  })
  @ApiQuery({
    name: 'clients',
    required: false,
    schema: { type: 'string', enum: ['true'] },
    description:
      'OAuth clients by themselves may pass, too, as `@Clients()` lets them; else they are refused (`USER_REQUIRED`).',
  })
  @ApiNoContentResponse({
    description: 'The token is good.',
    headers: {
      'X-Auth-Subject': header("The user's id, or the client's where it has no user."),
      'X-Auth-Client': header(
        'The OAuth client whose token it is; `latchkey`: it is of the routes of Latchkey itself.',
      ),
      'X-Auth-Roles': header('Comma-separated; what is not ASCII, commas and % are percent-encoded.'),
      'X-Auth-Scopes': header('Space-separated.'),
      'X-Auth-Session': header("The session's id; of a client without a user its `sid`."),
      Vary: header(
        'What the answer depends on, for a cache that is told to keep it; `Cache-Control` says `no-store`.',
      ),
    },
  })
  @ApiProblems({
    bearer: true,
    codes: ['VALIDATION_FAILED', 'INSUFFICIENT_ROLE', 'CSRF_REJECTED', 'RATE_LIMITED'],
  })
  async verify(
    @CurrentUser() caller: Principal,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<void> {
    response.header('Vary', VARY);
    this.tokens.refuseForwardedForgery(request, caller);
    const { roles, scopes, takesClients } = requiredAccessOf(request.originalUrl ?? request.url);
    if (caller.isClient && !takesClients) throw new UserRequiredError();
    // Not before: a page of another site could spend a user's quota.
    await this.quota.take(caller.subject, response);
    if (roles && !this.roles.hasOne(caller, roles)) throw new InsufficientRoleError(roles);
    if (scopes && !this.scopes.hasAll(caller, scopes)) throw new InsufficientScopeError(scopes);
    if (!scopes) await this.refusePartner(caller);
    response.header('X-Auth-Subject', caller.subject);
    response.header('X-Auth-Client', encodeName(caller.clientId));
    response.header('X-Auth-Roles', caller.roles.map(encodeName).join(','));
    response.header('X-Auth-Scopes', caller.scopes.join(' '));
    response.header('X-Auth-Session', caller.sessionId);
  }

  /** A rule that names no scopes is open to users, not to all that they let in elsewhere. @throws UnscopedRuleError */
  private async refusePartner({ clientId, credential, actors }: Principal): Promise<void> {
    if (clientId === OWN_CLIENT || credential !== undefined) return;
    // Of one that was given in exchange it is not known whose token it was: it may be a partner's.
    if (actors || !(await this.trusted.has(clientId))) throw new UnscopedRuleError();
  }
}

/** A role's name is any text, and a client's id nearly so; in a header it must neither fail nor look like two. */
function encodeName(name: string): string {
  return name.replaceAll(/[^\x20-\x24\x26-\x2b\x2d-\x7e]+/g, encodeURIComponent);
}
