import { Injectable } from '@nestjs/common';

/** The other processes that share the port of this one (`WORKERS`). There are none unless replaced. */
@Injectable()
export class OtherProcesses {
  /** @param own gives the metrics of this process, to whichever is asked */
  answerWith(_own: () => Promise<object[]>): void {}

  /** @returns the metrics of each of the others that answered in time */
  ask(): Promise<object[][]> {
    return Promise.resolve([]);
  }
}
