import { Get, Headers, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import { Public } from '../../common/public.decorator.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { RevocationFeed } from '../../tokens/revocation/feed/revocation-feed.js';
import { ServiceTokens } from './service-tokens.js';

const EXAMPLE =
  'event: revoked\ndata: session||1893456960000|3f0f0e9a-…\n\nevent: current\nid: v1-1893456000000\ndata:\n\n';

@ApiTags('Discovery')
@Public()
@UnversionedController('auth')
export class RevocationFeedController {
  constructor(
    private readonly services: ServiceTokens,
    private readonly feed: RevocationFeed,
  ) {}

  @Get('revocations')
  @ApiOperation({
    summary: 'Hear what is revoked, as it happens',
    description:
      'For other services, by the token of a service in `REVOCATION_FEED_SERVICES` (`Authorization: Bearer <token>`). ' +
      'Server-Sent Events without an end: `revoked`, each line of data a revocation as kind, `issuedBefore` and ' +
      '`expiresAt` in milliseconds, and id, with `|` between them; and every second `current`, whose `id` says up to ' +
      'when that is all. `Last-Event-ID` goes on from there, on any instance. `latchkey/resource-server` reads it.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The `id` that was told last.' })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string', example: EXAMPLE } } } })
  @ApiProblems({ codes: ['CREDENTIAL_INVALID', 'NOT_FOUND', 'RATE_LIMITED', 'UNAVAILABLE'] })
  listen(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
    @Headers('Last-Event-ID') cursor?: string,
  ): StreamableFile {
    // Services ask again on the same connection, and Express waits for it to close.
    if (this.feed.hasStopped) response.header('Connection', 'close');
    const stream = this.feed.openFor(this.services.serviceOf(request), cursor);
    response.header('Cache-Control', 'no-store');
    // nginx would hold events back otherwise.
    response.header('X-Accel-Buffering', 'no');
    const file = new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
    // The feed itself says why it cut one off.
    return file.setErrorLogger(() => undefined);
  }
}
