import { Get, HttpCode, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { CurrentUser } from '../../access/access.decorators.js';
import { RequestTokens } from '../../access/request-tokens.js';

const header = (description: string) => ({ description, schema: { type: 'string' as const } });

@ApiTags('Discovery')
@ApiBearerAuth()
@UnversionedController('auth')
export class ForwardAuthController {
  constructor(private readonly tokens: RequestTokens) {}

  @Get('verify')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Check a token for a gateway',
    description:
      'For forward-auth (nginx `auth_request`, Traefik, Envoy, Caddy). Asks no store. Where the token ' +
      'is in a cookie, tell the method in `X-Forwarded-Method` or `X-Original-Method`: one that is not GET, HEAD or ' +
      'OPTIONS, or is not told, needs `Origin` and `X-CSRF-Token`.',
  })
  @ApiNoContentResponse({
    description: 'The token is good.',
    headers: {
      'X-Auth-Subject': header("The user's id."),
      'X-Auth-Roles': header('Comma-separated; what is not ASCII, commas and % are percent-encoded.'),
      'X-Auth-Scopes': header('Space-separated.'),
      'X-Auth-Session': header("The session's id."),
    },
  })
  @ApiProblems({ bearer: true, codes: ['CSRF_REJECTED'] })
  verify(
    @CurrentUser() caller: Principal,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): void {
    this.tokens.refuseForwardedForgery(request, caller);
    response.header('X-Auth-Subject', caller.subject);
    response.header('X-Auth-Roles', caller.roles.map(encodeRole).join(','));
    response.header('X-Auth-Scopes', caller.scopes.join(' '));
    response.header('X-Auth-Session', caller.sessionId);
  }
}

/** A role's name is any text; in a header it must neither fail nor look like two. */
function encodeRole(role: string): string {
  return role.replaceAll(/[^\x20-\x24\x26-\x2b\x2d-\x7e]+/g, encodeURIComponent);
}
