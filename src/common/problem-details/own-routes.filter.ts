import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { ProblemDetailsFilter } from './problem-details.filter.js';

/** Answers errors of our routes, whichever filter the application has for its own. */
@Catch()
export class OwnRoutesFilter implements ExceptionFilter {
  constructor(private readonly filter: ProblemDetailsFilter) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // oxlint-disable-next-line promise/valid-params -- of a filter, not of a promise
    this.filter.catch(thrown, host);
  }
}
