import { FakeClock } from '../../src/testing/fake-clock.js';

/** Stands still until a test moves it, so that the very millisecond at which something ends can be tested. */
export class ManualClock extends FakeClock {
  constructor(time: number | string = '2030-01-01T00:00:00.000Z') {
    super(time);
  }
}
