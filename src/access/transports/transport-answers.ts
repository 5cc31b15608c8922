import type { ArgumentsHost } from '@nestjs/common';
import type { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { OtherAnswers } from '../../common/problem-details/other-answers.js';
import type { Transport } from './transport.js';

/** Errors of calls that are not HTTP's, in the words of their transports. */
export class TransportAnswers extends OtherAnswers {
  constructor(private readonly transports: readonly Transport[]) {
    super();
  }

  override answer(thrown: unknown, understood: () => LatchkeyError, host: ArgumentsHost): unknown {
    const transport = this.transports.findLast(({ type }) => type === host.getType());
    return transport?.answer
      ? transport.answer(thrown, understood, host)
      : super.answer(thrown, understood, host);
  }
}
