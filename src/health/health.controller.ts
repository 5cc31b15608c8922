import { Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Draining } from '../common/draining.js';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { UnavailableError } from '../common/errors/latchkey-error.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import { Public } from '../common/public.decorator.js';
import { DatabaseConnection } from '../database/database.js';
import { SigningKeys } from '../tokens/keys/signing-keys.js';
import { RevocationList } from '../tokens/revocation/revocation-list.js';
import { SessionsRepository } from '../tokens/sessions/sessions.repository.js';
import { WriteProbe } from './write-probe.js';

class HealthModel {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';
}

const OK: HealthModel = { status: 'ok' };

@ApiTags('Health')
@Public()
@UnversionedController('health')
export class HealthController {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly revocations: RevocationList,
    private readonly keys: SigningKeys,
    private readonly sessions: SessionsRepository,
    private readonly writes: WriteProbe,
    private readonly draining: Draining,
  ) {}

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
      'Whether the database and the store of the sessions answer and take writes, and the revocations are known; not once it was told to stop. Send no requests while it is 503.',
  })
  @ApiOkResponse({ type: HealthModel })
  @ApiProblems()
  async ready(): Promise<HealthModel> {
    if (this.draining.hasBegun) throw new UnavailableError('The server is about to stop.');
    try {
      await this.database.ping();
    } catch (error) {
      throw new UnavailableError('The database does not answer.', { cause: error });
    }
    try {
      await this.sessions.ping();
    } catch (error) {
      throw new UnavailableError('The store of the sessions does not answer.', { cause: error });
    }
    await this.writes.check();
    if (!this.revocations.isFresh || !this.keys.isFresh)
      throw new UnavailableError('It cannot be known right now which tokens are good.');
    return OK;
  }
}
