import { Get, Header, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HttpRequest, HttpResponse } from '../common/client-info.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import { Public } from '../common/public.decorator.js';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { MetricsAccess } from './metrics-access.js';
import { MetricsText } from './metrics-text.js';

const EXAMPLE =
  '# HELP latchkey_logins_total Logins that were tried, by what became of them.\n# TYPE latchkey_logins_total counter\nlatchkey_logins_total{outcome="succeeded"} 42\n';

@ApiTags('Health')
@Public()
@UnversionedController('metrics')
export class MetricsController {
  constructor(
    private readonly access: MetricsAccess,
    private readonly text: MetricsText,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Metrics for Prometheus',
    description:
      'In its text format. By `METRICS_TOKEN` (`Authorization: Bearer <token>`); where that is not set, for what runs on the same machine ' +
      'and comes through no proxy, and 404 for all others.',
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string', example: EXAMPLE } } } })
  @ApiProblems({ codes: ['CREDENTIAL_INVALID', 'NOT_FOUND'] })
  async read(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<string> {
    this.access.check(request);
    response.header('Content-Type', this.text.contentType);
    return this.text.read();
  }
}
