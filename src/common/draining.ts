import { Injectable } from './nest.js';

/** Whether this process has been told to stop: it answers still, and is to be sent no more requests. */
@Injectable()
export class Draining {
  private begun = false;

  /** From now on `/health/ready` is 503, and each answer closes its connection. */
  begin(): void {
    this.begun = true;
  }

  /** Whether it has. */
  get hasBegun(): boolean {
    return this.begun;
  }
}
