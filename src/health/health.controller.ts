import { Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UnavailableError } from '../common/errors/latchkey-error.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import { Public } from '../common/public.decorator.js';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { HealthModel, ReadinessModel } from './health.models.js';
import { Readiness, READINESS_CHECKS } from './readiness.js';

const OK: HealthModel = { status: 'ok' };

@ApiTags('Health')
@Public()
@UnversionedController('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Is the process alive?', description: 'Restart it if this does not answer.' })
  @ApiOkResponse({ type: HealthModel })
  @ApiProblems()
  live(): HealthModel {
    return OK;
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Can it serve?',
    description:
      'Whether the database and the store of the sessions answer and take writes, the signing keys and the revocations are known, and passwords are hashed; not once it was told to stop. Send no requests while it is 503: `checks` says which check failed, and the log says why.',
  })
  @ApiOkResponse({ type: ReadinessModel })
  @ApiProblems()
  async ready(): Promise<ReadinessModel> {
    const { status, checks } = await this.readiness.check();
    if (status === 'ok') return { status, checks };
    const failed = READINESS_CHECKS.filter((name) => checks[name] === 'failed');
    throw new UnavailableError(`These checks failed: ${failed.join(', ')}.`, {
      extensions: { checks },
      told: true,
    });
  }
}
