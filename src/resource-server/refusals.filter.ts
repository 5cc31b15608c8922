import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '../common/nest.js';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { ProblemDetailsFilter } from '../common/problem-details/problem-details.filter.js';

/** Answers what the guards refuse as problem details (RFC 9457). Other errors are the application's. */
@Catch(LatchkeyError)
export class RefusalsFilter implements ExceptionFilter<LatchkeyError> {
  constructor(private readonly problems: ProblemDetailsFilter) {}

  catch(refusal: LatchkeyError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw refusal;
    // oxlint-disable-next-line promise/valid-params -- of a filter, not of a promise
    this.problems.catch(refusal, host);
  }
}
