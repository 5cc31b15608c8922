import { ApiProperty } from '@nestjs/swagger';
import type { CheckOutcome } from '../common/errors/latchkey-error.js';
import type { ReadinessCheck, ReadinessReport } from './readiness.js';

const outcome = (description: string) => ({ enum: ['ok', 'busy', 'failed'], example: 'ok', description });

/** The answer of a process that is alive. */
export class HealthModel {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';
}

class ReadinessChecksModel implements Record<ReadinessCheck, CheckOutcome> {
  @ApiProperty(outcome('It has not been told to stop.'))
  accepting!: CheckOutcome;

  @ApiProperty(outcome('The database answers and takes writes.'))
  database!: CheckOutcome;

  @ApiProperty(outcome('The store of the sessions answers and takes writes.'))
  sessions!: CheckOutcome;

  @ApiProperty(outcome('It is known which signing keys are good.'))
  keys!: CheckOutcome;

  @ApiProperty(outcome('It is known what is revoked.'))
  revocations!: CheckOutcome;

  @ApiProperty(
    outcome('Passwords are hashed. `busy`: as many wait as may, and logins are told to come again.'),
  )
  hashQueue!: CheckOutcome;
}

/** The answer of an instance that can serve. */
export class ReadinessModel implements ReadinessReport {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';

  @ApiProperty()
  checks!: ReadinessChecksModel;
}
