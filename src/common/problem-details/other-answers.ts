import type { ArgumentsHost } from '@nestjs/common';
import { Injectable } from '../nest.js';
import type { LatchkeyError } from '../errors/latchkey-error.js';

/** How errors of calls that are not HTTP's are answered: as they were thrown, unless the option `transports` says otherwise. */
@Injectable()
export class OtherAnswers {
  /**
   * @param thrown as it was thrown
   * @param understood the same as an error of Latchkey's, in which nothing leaks
   * @returns what a filter gives back to Nest
   */
  answer(thrown: unknown, _understood: () => LatchkeyError, _host: ArgumentsHost): unknown {
    throw thrown;
  }
}
